// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/envelope.h"

#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"

#include <climits>
#include <memory>
#include <zstd.h>

namespace Satchel::Wire {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

/// Frames are compressed while a peer waits: the fastest level that still folds repeated keys and device ids.
constexpr int compressionLevel = 1;

struct ContextDeleter {
    void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
};

std::string envelopeHead(int field, std::size_t size)
{
    std::string head(16, '\0');
    auto *begin = reinterpret_cast<std::uint8_t *>(head.data());
    std::uint8_t *end =
        CodedOutputStream::WriteVarint32ToArray(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED), begin);
    end = CodedOutputStream::WriteVarint64ToArray(size, end);
    head.resize(static_cast<std::size_t>(end - begin));
    return head;
}

/// Empty where compression fails or does not help.
std::string compressed(std::string_view plain)
{
    // A context costs more to make than a frame to compress; one a thread is kept.
    thread_local const std::unique_ptr<ZSTD_CCtx, ContextDeleter> context(ZSTD_createCCtx());
    if (!context) {
        return {};
    }
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    const std::size_t size = ZSTD_compressCCtx(context.get(), out.data(), out.size(), plain.data(), plain.size(), compressionLevel);
    if (ZSTD_isError(size) != 0 || size >= plain.size()) {
        return {};
    }
    out.resize(size);
    return out;
}

Core::Result<std::string> decompressed(std::string_view content, std::size_t bytesMax)
{
    const unsigned long long size = ZSTD_getFrameContentSize(content.data(), content.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) {
        return malformed("compressed content does not state its size");
    }
    if (size > bytesMax) {
        return tooMuch("the frame decompresses to more than the limit");
    }
    if (ZSTD_findFrameCompressedSize(content.data(), content.size()) != content.size()) {
        return malformed("compressed content is not exactly one zstd frame");
    }
    thread_local const std::unique_ptr<ZSTD_DCtx, ContextDeleter> context(ZSTD_createDCtx());
    if (!context) {
        return tooMuch("no memory to decompress");
    }
    std::string out(static_cast<std::size_t>(size), '\0');
    if (ZSTD_decompressDCtx(context.get(), out.data(), out.size(), content.data(), content.size()) != out.size()) {
        return malformed("compressed content is damaged");
    }
    return out;
}

}  // namespace

std::string seal(const google::protobuf::MessageLite &frame, Compression compression)
{
    const std::size_t size = frame.ByteSizeLong();
    std::string out = envelopeHead(Pb::Envelope::kPlainFieldNumber, size);
    const std::size_t headSize = out.size();
    out.resize(headSize + size);
    frame.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t *>(out.data() + headSize));
    if (compression == Compression::None || size <= compressAboveBytes) {
        return out;
    }
    const std::string smaller = compressed(std::string_view(out).substr(headSize));
    return smaller.empty() ? out : envelopeHead(Pb::Envelope::kZstdFieldNumber, smaller.size()) + smaller;
}

Core::Result<Opened> open(std::string_view message, const Core::Limits &limits)
{
    if (message.size() > limits.frameBytesMax || message.size() > INT_MAX) {
        return tooMuch("the message is over the frame limit");
    }
    int kind = 0;
    std::string_view body;
    const bool isWellFormed = visitFields(message, [&](int field, std::string_view bytes) {
        if (field == Pb::Envelope::kPlainFieldNumber || field == Pb::Envelope::kZstdFieldNumber) {
            kind = field;
            body = bytes;
        }
        return true;
    });
    if (!isWellFormed || kind == 0) {
        return malformed("the message is not an envelope with a body");
    }
    Opened opened;
    if (kind == Pb::Envelope::kPlainFieldNumber) {
        opened.plain = body;
        return opened;
    }
    Core::Result<std::string> content = decompressed(body, limits.decompressedFrameBytesMax);
    if (!content) {
        return Core::failure(std::move(content.error()));
    }
    opened.storage = std::move(*content);
    return opened;
}

}  // namespace Satchel::Wire
