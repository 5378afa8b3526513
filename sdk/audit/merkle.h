// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

/// Trees and proofs of RFC 6962, section 2.1. No storage, no I/O; thread-safe.
namespace Satchel::Audit {

/// Hash of the complete subtree over the leaves [index << level, (index + 1) << level), which the tree must have.
using NodeSource = std::function<Core::Result<Hash>(unsigned level, std::uint64_t index)>;
using Proof = std::vector<Hash>;

struct Node {
    unsigned level = 0;
    std::uint64_t index = 0;
    friend bool operator==(const Node &, const Node &) = default;
};

/// The complete subtrees that make up the leaves [0, size), from the left: one for each bit of `size`.
[[nodiscard]] std::vector<Node> frontierOf(std::uint64_t size);

/// The nodes that become complete by the leaf `index`, the leaf first; `nodes` gives their left sisters.
[[nodiscard]] Core::Result<std::vector<std::pair<Node, Hash>>> completedBy(std::uint64_t index, const Hash &leaf, const NodeSource &nodes);

/// The head over the first `size` leaves. Looks up as many nodes as `size` has bits set. Passes on errors of `nodes`, as all below do.
[[nodiscard]] Core::Result<Hash> rootOf(std::uint64_t size, const NodeSource &nodes);
/// INVALID_ARGUMENT unless index < size.
[[nodiscard]] Core::Result<Proof> inclusionProof(std::uint64_t index, std::uint64_t size, const NodeSource &nodes);
/// INVALID_ARGUMENT unless 0 < oldSize <= size: every tree goes on from an empty one. Empty for the same size.
[[nodiscard]] Core::Result<Proof> consistencyProof(std::uint64_t oldSize, std::uint64_t size, const NodeSource &nodes);

[[nodiscard]] bool verifyInclusion(std::uint64_t index, std::uint64_t size, const Hash &leaf, std::span<const Hash> proof,
                                   const Hash &root);
/// False for an old tree without leaves, which proves nothing.
[[nodiscard]] bool verifyConsistency(std::uint64_t oldSize, std::uint64_t size, const Hash &oldRoot, const Hash &root,
                                     std::span<const Hash> proof);

/// A tree as its leaves arrive: keeps one hash for each bit of its size.
class Growing {
public:
    void append(const Hash &leaf);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] Hash root() const;

private:
    std::uint64_t m_size = 0;
    std::vector<Hash> m_frontier;
};

}  // namespace Satchel::Audit
