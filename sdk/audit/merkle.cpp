// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "merkle.h"

#include <algorithm>
#include <bit>

namespace Satchel::Audit {

namespace {

/// The largest power of two below `size`, which is at least 2: where RFC 6962 splits a tree.
std::uint64_t splitOf(std::uint64_t size)
{
    return std::bit_floor(size - 1);
}

Core::Error wrong(const char *why)
{
    return Core::invalidArgument(Core::ErrorReason::MalformedInput, why);
}

/// Head over the leaves [begin, end), of which `begin` is a multiple of the power of two that holds them.
Core::Result<Hash> headOf(std::uint64_t begin, std::uint64_t end, const NodeSource &nodes)
{
    const std::uint64_t size = end - begin;
    if (std::has_single_bit(size)) {
        const auto level = static_cast<unsigned>(std::countr_zero(size));
        return nodes(level, begin >> level);
    }
    const std::uint64_t split = splitOf(size);
    auto left = headOf(begin, begin + split, nodes);
    if (!left) {
        return left;
    }
    auto right = headOf(begin + split, end, nodes);
    return right ? Core::Result<Hash>(nodeHash(*left, *right)) : right;
}

Core::Result<void> add(std::uint64_t begin, std::uint64_t end, const NodeSource &nodes, Proof &proof)
{
    return headOf(begin, end, nodes).map([&proof](const Hash &hash) { proof.push_back(hash); });
}

/// RFC 6962, 2.1.1, PATH, without recursion: sisters from the root down, turned round at the end.
Core::Result<Proof> pathOf(std::uint64_t index, std::uint64_t begin, std::uint64_t end, const NodeSource &nodes)
{
    Proof proof;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + splitOf(end - begin);
        const bool isLeft = index < middle;
        auto added = isLeft ? add(middle, end, nodes, proof) : add(begin, middle, nodes, proof);
        if (!added) {
            return Core::failure(std::move(added.error()));
        }
        (isLeft ? end : begin) = middle;
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

/// Folds proof hashes onto `hash`, as long as there are levels.
Hash foldInner(Hash hash, std::uint64_t index, std::span<const Hash> proof)
{
    for (std::size_t level = 0; level < proof.size(); ++level) {
        const bool isRight = ((index >> level) & 1U) != 0;
        hash = isRight ? nodeHash(proof[level], hash) : nodeHash(hash, proof[level]);
    }
    return hash;
}

/// The same where only right nodes have a sister: below a left one the inner path ran along the tree's right edge.
Hash foldInnerRight(Hash hash, std::uint64_t index, std::span<const Hash> proof)
{
    for (std::size_t level = 0; level < proof.size(); ++level) {
        if (((index >> level) & 1U) != 0) {
            hash = nodeHash(proof[level], hash);
        }
    }
    return hash;
}

Hash foldBorder(Hash hash, std::span<const Hash> proof)
{
    for (const Hash &left : proof) {
        hash = nodeHash(left, hash);
    }
    return hash;
}

/// Levels up to where the path of `index` meets the tree's right edge; above, only nodes with a left sister count.
std::size_t innerLength(std::uint64_t index, std::uint64_t size)
{
    return static_cast<std::size_t>(std::bit_width(index ^ (size - 1)));
}

std::size_t borderLength(std::uint64_t index, std::size_t inner)
{
    return inner >= 64 ? 0 : static_cast<std::size_t>(std::popcount(index >> inner));
}

}  // namespace

std::vector<Node> frontierOf(std::uint64_t size)
{
    std::vector<Node> nodes;
    std::uint64_t begin = 0;
    while (begin < size) {
        const auto level = static_cast<unsigned>(std::bit_width(size - begin) - 1);
        nodes.push_back({level, begin >> level});
        begin += std::uint64_t{1} << level;
    }
    return nodes;
}

Core::Result<std::vector<std::pair<Node, Hash>>> completedBy(std::uint64_t index, const Hash &leaf, const NodeSource &nodes)
{
    std::vector<std::pair<Node, Hash>> made{{Node{0, index}, leaf}};
    for (unsigned level = 0; (index & 1U) != 0; ++level) {
        auto left = nodes(level, index - 1);
        if (!left) {
            return Core::failure(std::move(left.error()));
        }
        index >>= 1U;
        made.emplace_back(Node{level + 1, index}, nodeHash(*left, made.back().second));
    }
    return made;
}

Core::Result<Hash> rootOf(std::uint64_t size, const NodeSource &nodes)
{
    return size == 0 ? Core::Result<Hash>(emptyRoot()) : headOf(0, size, nodes);
}

Core::Result<Proof> inclusionProof(std::uint64_t index, std::uint64_t size, const NodeSource &nodes)
{
    if (index >= size) {
        return Core::failure(wrong("the tree has no such leaf; ask for an index below its size"));
    }
    return pathOf(index, 0, size, nodes);
}

Core::Result<Proof> consistencyProof(std::uint64_t oldSize, std::uint64_t size, const NodeSource &nodes)
{
    if (oldSize > size) {
        return Core::failure(wrong("the old tree is larger than the new one; swap the sizes"));
    }
    if (oldSize == 0) {
        return Core::failure(wrong("every tree goes on from an empty one; ask from a size of at least 1"));
    }
    if (oldSize == size) {
        return Proof{};
    }
    // The old tree's last complete subtree is where both trees part: a proof is its path, begun with itself unless it is the whole old
    // tree.
    const auto level = static_cast<unsigned>(std::countr_zero(oldSize));
    const std::uint64_t index = (oldSize - 1) >> level;
    const bool isWhole = std::has_single_bit(oldSize);
    Proof proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    const std::uint64_t partBegin = index << level;
    const std::uint64_t partEnd = partBegin + (std::uint64_t{1} << level);
    while (begin != partBegin || end != partEnd) {
        const std::uint64_t middle = begin + splitOf(end - begin);
        const bool isLeft = partBegin < middle;
        auto added = isLeft ? add(middle, end, nodes, proof) : add(begin, middle, nodes, proof);
        if (!added) {
            return Core::failure(std::move(added.error()));
        }
        (isLeft ? end : begin) = middle;
    }
    if (!isWhole) {
        if (auto added = add(partBegin, partEnd, nodes, proof); !added) {
            return Core::failure(std::move(added.error()));
        }
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

bool verifyInclusion(std::uint64_t index, std::uint64_t size, const Hash &leaf, std::span<const Hash> proof, const Hash &root)
{
    if (index >= size) {
        return false;
    }
    const std::size_t inner = innerLength(index, size);
    if (proof.size() != inner + borderLength(index, inner)) {
        return false;
    }
    return foldBorder(foldInner(leaf, index, proof.first(inner)), proof.subspan(inner)) == root;
}

bool verifyConsistency(std::uint64_t oldSize, std::uint64_t size, const Hash &oldRoot, const Hash &root, std::span<const Hash> proof)
{
    if (oldSize == 0 || oldSize > size) {
        return false;
    }
    if (oldSize == size) {
        return proof.empty() && oldRoot == root;
    }
    const auto shift = static_cast<unsigned>(std::countr_zero(oldSize));
    const bool isWhole = std::has_single_bit(oldSize);
    const std::size_t inner = innerLength(oldSize - 1, size) - shift;
    const std::size_t border = borderLength(oldSize - 1, inner + shift);
    if (proof.size() != (isWhole ? 0 : 1) + inner + border) {
        return false;
    }
    const Hash seed = isWhole ? oldRoot : proof.front();
    proof = proof.subspan(isWhole ? 0 : 1);
    const std::uint64_t path = (oldSize - 1) >> shift;
    const auto innerPart = proof.first(inner);
    const auto borderPart = proof.subspan(inner);
    return foldBorder(foldInnerRight(seed, path, innerPart), borderPart) == oldRoot &&
           foldBorder(foldInner(seed, path, innerPart), borderPart) == root;
}

void Growing::append(const Hash &leaf)
{
    Hash hash = leaf;
    for (std::uint64_t rest = m_size; (rest & 1U) != 0; rest >>= 1U) {
        hash = nodeHash(m_frontier.back(), hash);
        m_frontier.pop_back();
    }
    m_frontier.push_back(hash);
    ++m_size;
}

Hash Growing::root() const
{
    if (m_frontier.empty()) {
        return emptyRoot();
    }
    Hash hash = m_frontier.back();
    for (auto left = m_frontier.rbegin() + 1; left != m_frontier.rend(); ++left) {
        hash = nodeHash(*left, hash);
    }
    return hash;
}

}  // namespace Satchel::Audit
