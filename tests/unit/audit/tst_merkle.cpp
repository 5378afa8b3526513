// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: trees and proofs are those of RFC 6962, and no other proof passes.
// Method: published vectors, good and bad; random trees against the RFC's recursive definition.
#include "audit/merkle.h"
#include "wire/json.h"

#include <nlohmann/json.hpp>

#include <QtTest/QtTest>

#include <rapidcheck.h>

#include <bit>
#include <filesystem>
#include <fstream>

using namespace Satchel;
using namespace Satchel::Audit;
using Json = nlohmann::json;

namespace {

std::filesystem::path vectorFolder(const char *kind)
{
    return std::filesystem::path(SATCHEL_SHARED_DIR) / "vectors/merkle/testdata" / kind;
}

std::vector<std::filesystem::path> vectorFiles(const char *kind)
{
    std::vector<std::filesystem::path> files;
    if (std::filesystem::exists(vectorFolder(kind))) {
        for (const auto &entry : std::filesystem::recursive_directory_iterator(vectorFolder(kind))) {
            if (entry.path().extension() == ".json") {
                files.push_back(entry.path());
            }
        }
    }
    return files;
}

/// Some vectors have a few letters in place of hashes that must not matter, or nothing.
std::optional<Hash> hashOf(const Json &text)
{
    auto bytes = Wire::fromBase64(text.get<std::string>());
    if (!bytes || bytes->empty()) {
        return std::nullopt;
    }
    bytes->resize(sizeof(Hash));
    return hashFrom(*bytes);
}

std::optional<Proof> proofOf(const Json &list)
{
    Proof proof;
    for (const Json &text : list.is_null() ? Json::array() : list) {
        const auto bytes = Wire::fromBase64(text.get<std::string>());
        const auto hash = bytes ? hashFrom(*bytes) : std::nullopt;
        if (!hash) {
            return std::nullopt;
        }
        proof.push_back(*hash);
    }
    return proof;
}

using Leaves = std::vector<Hash>;

/// RFC 6962, 2.1: MTH.
Hash naiveRoot(const Leaves &leaves, std::size_t begin, std::size_t end)
{
    if (begin == end) {
        return emptyRoot();
    }
    if (end - begin == 1) {
        return leaves[begin];
    }
    const std::size_t split = std::bit_floor(end - begin - 1);
    return nodeHash(naiveRoot(leaves, begin, begin + split), naiveRoot(leaves, begin + split, end));
}

/// RFC 6962, 2.1.1: PATH.
Proof naivePath(const Leaves &leaves, std::size_t index, std::size_t begin, std::size_t end)
{
    if (end - begin == 1) {
        return {};
    }
    const std::size_t middle = begin + std::bit_floor(end - begin - 1);
    Proof proof = index < middle ? naivePath(leaves, index, begin, middle) : naivePath(leaves, index, middle, end);
    proof.push_back(index < middle ? naiveRoot(leaves, middle, end) : naiveRoot(leaves, begin, middle));
    return proof;
}

/// RFC 6962, 2.1.2: SUBPROOF.
Proof naiveConsistency(const Leaves &leaves, std::size_t old, std::size_t begin, std::size_t end, bool isWhole)
{
    if (old == end - begin) {
        return isWhole ? Proof{} : Proof{naiveRoot(leaves, begin, end)};
    }
    const std::size_t split = std::bit_floor(end - begin - 1);
    if (old <= split) {
        Proof proof = naiveConsistency(leaves, old, begin, begin + split, isWhole);
        proof.push_back(naiveRoot(leaves, begin + split, end));
        return proof;
    }
    Proof proof = naiveConsistency(leaves, old - split, begin + split, end, false);
    proof.push_back(naiveRoot(leaves, begin, begin + split));
    return proof;
}

struct Tree {
    Leaves leaves;
    std::vector<std::vector<Hash>> complete;
    std::size_t lookUps = 0;

    [[nodiscard]] NodeSource source()
    {
        return [this](unsigned level, std::uint64_t index) -> Core::Result<Hash> {
            ++lookUps;
            if (level >= complete.size() || index >= complete[level].size()) {
                return Core::failure(Core::makeError(Core::ErrorCode::Internal, Core::ErrorReason::None, "no such node"));
            }
            return complete[level][index];
        };
    }
    void append(const Hash &leaf)
    {
        leaves.push_back(leaf);
        const auto made = completedBy(leaves.size() - 1, leaf, source());
        RC_ASSERT(made.has_value());
        for (const auto &[node, hash] : *made) {
            if (node.level == complete.size()) {
                complete.emplace_back();
            }
            RC_ASSERT(node.index == complete[node.level].size());
            complete[node.level].push_back(hash);
        }
    }
};

Tree anyTree(std::size_t sizeMin = 1)
{
    Tree tree;
    const auto size = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(sizeMin, 400));
    for (std::size_t i = 0; i < size; ++i) {
        tree.append(leafHash("record " + std::to_string(i)));
    }
    tree.lookUps = 0;
    return tree;
}

std::size_t pick(std::size_t begin, std::size_t end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(begin, end));
}

}  // namespace

class tst_Merkle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void inclusion_publishedVectors_areJudgedAsTheySay();
    void consistency_publishedVectors_areJudgedAsTheySay();
    void tree_empty_hasRootOfNothing();
    void root_ofAnyPrefix_isTheNaiveOne();
    void inclusion_ofAnyLeaf_isTheNaiveProofAndVerifies();
    void inclusion_changedAnywhere_isRefused();
    void consistency_ofAnySizes_isTheNaiveProofAndVerifies();
    void consistency_changedAnywhere_isRefused();
    void proof_outsideTheTree_isAnError();
    void proof_ofHugeTree_looksUpFewNodes();
    void source_thatFails_failsTheProof();
};

void tst_Merkle::inclusion_publishedVectors_areJudgedAsTheySay()
{
    const auto files = vectorFiles("inclusion");
    if (files.empty()) {
        QSKIP("the published vectors are not on this machine");
    }
    for (const auto &file : files) {
        std::ifstream in(file);
        const Json test = Json::parse(in);
        const auto leaf = hashOf(test["leafHash"]);
        const auto root = hashOf(test["root"]);
        const auto proof = proofOf(test["proof"]);
        const bool isGood =
            leaf && root && proof &&
            verifyInclusion(test["leafIdx"].get<std::uint64_t>(), test["treeSize"].get<std::uint64_t>(), *leaf, *proof, *root);
        QVERIFY2(isGood != test["wantErr"].get<bool>(), file.c_str());
    }
    qInfo("%zu vectors", files.size());
}

void tst_Merkle::consistency_publishedVectors_areJudgedAsTheySay()
{
    const auto files = vectorFiles("consistency");
    if (files.empty()) {
        QSKIP("the published vectors are not on this machine");
    }
    for (const auto &file : files) {
        std::ifstream in(file);
        const Json test = Json::parse(in);
        const auto oldRoot = hashOf(test["root1"]);
        const auto root = hashOf(test["root2"]);
        const auto proof = proofOf(test["proof"]);
        const bool isGood =
            oldRoot && root && proof &&
            verifyConsistency(test["size1"].get<std::uint64_t>(), test["size2"].get<std::uint64_t>(), *oldRoot, *root, *proof);
        QVERIFY2(isGood != test["wantErr"].get<bool>(), file.c_str());
    }
    qInfo("%zu vectors", files.size());
}

void tst_Merkle::tree_empty_hasRootOfNothing()
{
    const Hash empty = *hashFrom(*Wire::fromBase64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
    QCOMPARE(emptyRoot(), empty);
    QCOMPARE(Growing().root(), empty);
    QCOMPARE(*rootOf(0, Tree().source()), empty);
    QVERIFY(frontierOf(0).empty());
    QCOMPARE(frontierOf(11), (std::vector<Node>{{3, 0}, {1, 4}, {0, 10}}));
}

void tst_Merkle::root_ofAnyPrefix_isTheNaiveOne()
{
    QVERIFY(rc::check([] {
        Tree tree = anyTree();
        const std::size_t size = pick(0, tree.leaves.size() + 1);
        Growing growing;
        for (std::size_t i = 0; i < size; ++i) {
            growing.append(tree.leaves[i]);
        }
        const Hash naive = naiveRoot(tree.leaves, 0, size);
        RC_ASSERT(growing.root() == naive);
        RC_ASSERT(*rootOf(size, tree.source()) == naive);
        RC_ASSERT(tree.lookUps == static_cast<std::size_t>(std::popcount(size)));
    }));
}

void tst_Merkle::inclusion_ofAnyLeaf_isTheNaiveProofAndVerifies()
{
    QVERIFY(rc::check([] {
        Tree tree = anyTree();
        const std::size_t size = pick(1, tree.leaves.size() + 1);
        const std::size_t index = pick(0, size);
        const auto proof = inclusionProof(index, size, tree.source());
        RC_ASSERT(proof.has_value());
        RC_ASSERT(*proof == naivePath(tree.leaves, index, 0, size));
        RC_ASSERT(verifyInclusion(index, size, tree.leaves[index], *proof, naiveRoot(tree.leaves, 0, size)));
    }));
}

void tst_Merkle::inclusion_changedAnywhere_isRefused()
{
    QVERIFY(rc::check([] {
        Tree tree = anyTree(2);
        const std::size_t size = tree.leaves.size();
        const std::size_t index = pick(0, size);
        const Hash root = naiveRoot(tree.leaves, 0, size);
        Proof proof = *inclusionProof(index, size, tree.source());
        const std::size_t other = pick(0, size);
        RC_ASSERT(other == index || !verifyInclusion(other, size, tree.leaves[index], proof, root));
        RC_ASSERT(other == index || !verifyInclusion(index, size, tree.leaves[other], proof, root));
        proof[pick(0, proof.size())][pick(0, sizeof(Hash))] ^= static_cast<std::uint8_t>(1U << pick(0, 8));
        RC_ASSERT(!verifyInclusion(index, size, tree.leaves[index], proof, root));
    }));
}

void tst_Merkle::consistency_ofAnySizes_isTheNaiveProofAndVerifies()
{
    QVERIFY(rc::check([] {
        Tree tree = anyTree();
        const std::size_t size = pick(1, tree.leaves.size() + 1);
        const std::size_t old = pick(1, size + 1);
        const auto proof = consistencyProof(old, size, tree.source());
        RC_ASSERT(proof.has_value());
        RC_ASSERT(*proof == naiveConsistency(tree.leaves, old, 0, size, true));
        RC_ASSERT(verifyConsistency(old, size, naiveRoot(tree.leaves, 0, old), naiveRoot(tree.leaves, 0, size), *proof));
    }));
}

void tst_Merkle::consistency_changedAnywhere_isRefused()
{
    QVERIFY(rc::check([] {
        Tree tree = anyTree(2);
        const std::size_t size = tree.leaves.size();
        const std::size_t old = pick(1, size);
        const Hash oldRoot = naiveRoot(tree.leaves, 0, old);
        const Hash root = naiveRoot(tree.leaves, 0, size);
        Proof proof = *consistencyProof(old, size, tree.source());
        Leaves forged = tree.leaves;
        forged[pick(0, old)][0] ^= 1U;
        RC_ASSERT(!verifyConsistency(old, size, naiveRoot(forged, 0, old), root, proof));
        RC_ASSERT(!verifyConsistency(old, size, oldRoot, naiveRoot(forged, 0, size), proof));
        proof[pick(0, proof.size())][pick(0, sizeof(Hash))] ^= static_cast<std::uint8_t>(1U << pick(0, 8));
        RC_ASSERT(!verifyConsistency(old, size, oldRoot, root, proof));
    }));
}

void tst_Merkle::proof_outsideTheTree_isAnError()
{
    Tree tree;
    tree.append(leafHash("only"));
    QCOMPARE(inclusionProof(1, 1, tree.source()).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(inclusionProof(0, 0, tree.source()).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(consistencyProof(2, 1, tree.source()).error().code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(consistencyProof(0, 1, tree.source()).error().code, Core::ErrorCode::InvalidArgument);
    QVERIFY(!verifyInclusion(0, 0, leafHash("only"), {}, leafHash("only")));
    QVERIFY(!verifyInclusion(UINT64_MAX, UINT64_MAX, leafHash("only"), {}, leafHash("only")));
    QVERIFY(!verifyConsistency(1, UINT64_MAX, leafHash("only"), leafHash("only"), {}));
}

void tst_Merkle::proof_ofHugeTree_looksUpFewNodes()
{
    std::size_t lookUps = 0;
    const NodeSource nodes = [&lookUps](unsigned level, std::uint64_t index) -> Core::Result<Hash> {
        ++lookUps;
        return sha256(std::to_string(level) + ' ' + std::to_string(index));
    };
    const std::uint64_t size = (std::uint64_t{1} << 40U) - 1;
    QVERIFY(inclusionProof(size / 3, size, nodes).has_value());
    QVERIFY2(lookUps <= 80, qPrintable(QString::number(lookUps)));
    lookUps = 0;
    QVERIFY(consistencyProof(size / 3, size, nodes).has_value());
    QVERIFY2(lookUps <= 80, qPrintable(QString::number(lookUps)));
    lookUps = 0;
    QCOMPARE(completedBy(size - 1, sha256("leaf"), nodes)->size(), std::size_t{1});
    QCOMPARE(lookUps, std::size_t{0});
}

void tst_Merkle::source_thatFails_failsTheProof()
{
    const NodeSource broken = [](unsigned, std::uint64_t) -> Core::Result<Hash> {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged, "gone"));
    };
    QCOMPARE(inclusionProof(2, 7, broken).error().detail, std::string("gone"));
    QCOMPARE(consistencyProof(3, 7, broken).error().detail, std::string("gone"));
    QCOMPARE(rootOf(7, broken).error().detail, std::string("gone"));
    QCOMPARE(completedBy(7, leafHash("x"), broken).error().detail, std::string("gone"));
}

QTEST_APPLESS_MAIN(tst_Merkle)
#include "tst_merkle.moc"
