// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// satchel-schema DESCRIPTORS FILE OUTPUT [NAMESPACE]: the C++ header of one proto file, from what
// `protoc --include_imports --include_source_info --descriptor_set_out=DESCRIPTORS FILE` made of it. satchel_add_schema() calls both.
// Exits with 1 and a line on standard error where the file says what typed state cannot hold, with 2 for files and arguments.
#include "headerwriter.h"

#include <google/protobuf/descriptor.pb.h>

#include <fstream>
#include <iostream>

namespace {

int fail(int code, const std::string &what)
{
    std::cerr << "satchel-schema: " << what << '\n';
    return code;
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5) {
        return fail(2, "usage: satchel-schema DESCRIPTORS FILE OUTPUT [NAMESPACE]");
    }
    std::ifstream input(argv[1], std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    if (!input || !set.ParseFromIstream(&input)) {
        return fail(2, std::string(argv[1]) + ": cannot be read as what protoc --descriptor_set_out writes");
    }
    google::protobuf::DescriptorPool pool;
    for (const google::protobuf::FileDescriptorProto &file : set.file()) {
        if (pool.BuildFile(file) == nullptr) {
            return fail(2, file.name() + ": is not whole; run protoc with --include_imports");
        }
    }
    const google::protobuf::FileDescriptor *const file = pool.FindFileByName(argv[2]);
    if (file == nullptr) {
        return fail(2, std::string(argv[2]) + ": is not in " + argv[1]);
    }
    const auto schema = Satchel::Schema::read(*file, argc == 5 ? argv[4] : "");
    if (!schema) {
        return fail(1, schema.error());
    }
    std::ofstream output(argv[3], std::ios::binary | std::ios::trunc);
    output << Satchel::Schema::header(*schema);
    output.close();
    return output ? 0 : fail(2, std::string(argv[3]) + ": cannot be written");
}
