// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Exported audit logs, notes, keys and stored records: whatever comes, reading ends with an error that says something, or is stable.
#include "fuzzing.h"

#include "audit/exportverifier.h"

using namespace Satchel;

namespace {

void checkExport(std::string_view input)
{
    Audit::ExportVerifier verifier({});
    while (!input.empty()) {
        const std::size_t end = input.find('\n');
        if (const auto taken = verifier.take(input.substr(0, end)); !taken) {
            Fuzz::require(!taken.error().detail.empty());
            return;
        }
        input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    }
    const auto verdict = verifier.finish();
    Fuzz::require(verdict.has_value() || !verdict.error().detail.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    checkExport(input);
    Fuzz::checkStable(
        input, [](std::string_view text) { return Audit::VerifierKey::fromText(text); },
        [](const Audit::VerifierKey &key) { return key.toText(); });
    Fuzz::checkStable(
        input, [](std::string_view bytes) { return Wire::decodeStoredAuditRecord(bytes); },
        [](const Wire::AuditRecord &record) { return Wire::encode(record); });
    if (const auto head = Audit::readCheckpoint(input)) {
        Fuzz::require(input.starts_with(head->toText()));
    }
    return 0;
}
