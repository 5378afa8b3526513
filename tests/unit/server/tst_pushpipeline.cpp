// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: group commit: what waits together costs one commit, is answered in order and not before it is durable; a commit that fails
// acknowledges nothing.
// Method: a pipeline without a thread over a store that counts and fails commits as the test wants; the embedded store lies behind it.

#include "audit/openings.h"
#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/pushpipeline.h"

#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <memory>

using namespace Satchel;

namespace {

class CountingStore : public Server::Store {
public:
    explicit CountingStore(std::unique_ptr<Server::Store> inner)
        : m_inner(std::move(inner))
    {
    }
    [[nodiscard]] std::uint64_t epoch() const override { return m_inner->epoch(); }
    [[nodiscard]] Core::Result<void> renewEpoch(std::chrono::milliseconds now) override { return m_inner->renewEpoch(now); }
    [[nodiscard]] Core::Result<std::string> secret(std::string_view purpose) override { return m_inner->secret(purpose); }
    [[nodiscard]] std::shared_ptr<const Core::PolicySet> policies() const override { return m_inner->policies(); }
    [[nodiscard]] Core::Result<void> setPolicies(Core::PolicySet policies, Server::PolicyVersion source) override
    {
        return m_inner->setPolicies(std::move(policies), std::move(source));
    }
    [[nodiscard]] Core::Result<std::unique_ptr<Server::WriteTransaction>> begin() override;
    [[nodiscard]] Core::Result<std::unique_ptr<Server::ReadView>> reader() override { return m_inner->reader(); }
    [[nodiscard]] Core::Result<void> checkpoint() override { return m_inner->checkpoint(); }

    int commits = 0;
    bool isCommitFailing = false;
    std::function<void()> beforeCommit;

private:
    std::unique_ptr<Server::Store> m_inner;
};

class CountingTransaction : public Server::WriteTransaction {
public:
    CountingTransaction(CountingStore &store, std::unique_ptr<Server::WriteTransaction> inner)
        : m_store(store)
        , m_inner(std::move(inner))
    {
    }
    Core::Result<Server::OwnerRow *> owner(const Core::UserId &user, std::chrono::milliseconds now) override
    {
        return m_inner->owner(user, now);
    }
    Core::Result<Server::DeviceRow *> addDevice(Server::OwnerRow &owner, const Core::DeviceId &device) override
    {
        return m_inner->addDevice(owner, device);
    }
    Core::Result<Server::DocumentRow *> document(Server::OwnerRow &owner, const Core::DocumentId &id) override
    {
        return m_inner->document(owner, id);
    }
    Core::Result<std::optional<Server::Disposition>> disposition(const Server::OwnerRow &owner, const Server::DeviceRow &device,
                                                                 std::uint64_t counter) override
    {
        return m_inner->disposition(owner, device, counter);
    }
    Core::Result<bool> hasOrigin(const Server::OwnerRow &owner, const Core::Origin &origin) override
    {
        return m_inner->hasOrigin(owner, origin);
    }
    Core::Result<void> appendEvent(Server::OwnerRow &owner, const Server::DeviceRow &device, const Server::EventRow &event) override
    {
        return m_inner->appendEvent(owner, device, event);
    }
    std::shared_ptr<const Core::PolicySet> policies() const override { return m_inner->policies(); }
    Core::Result<void> setPolicies(Core::PolicySet policies, const Server::PolicyVersion &source) override
    {
        return m_inner->setPolicies(std::move(policies), source);
    }
    Core::Result<std::int64_t> grownBytes(const Server::OwnerRow &owner) override { return m_inner->grownBytes(owner); }
    Core::Result<std::optional<Server::ApprovalRow>> approval(const std::string &tenant, const std::string &id) override
    {
        return m_inner->approval(tenant, id);
    }
    Core::Result<std::optional<Server::ApprovalRow>> openApproval(const Server::ApprovalRow &like, std::chrono::milliseconds now) override
    {
        return m_inner->openApproval(like, now);
    }
    Core::Result<void> putApproval(const Server::ApprovalRow &row) override { return m_inner->putApproval(row); }
    Core::Result<void> addNote(const Server::OwnerRow &owner, const Server::NoteRow &note) override
    {
        return m_inner->addNote(owner, note);
    }
    Core::Result<std::optional<Server::NoteRow>> note(const Server::OwnerRow &owner, const std::string &id) override
    {
        return m_inner->note(owner, id);
    }
    Core::Result<std::size_t> noteCount(const Server::OwnerRow &owner) override { return m_inner->noteCount(owner); }
    Core::Result<void> removeNote(const Server::OwnerRow &owner, const std::string &id) override { return m_inner->removeNote(owner, id); }
    Core::Result<void> appendCheckpoint(const Server::OwnerRow &owner, const Server::DocumentRow &row, std::uint64_t previousSeq) override
    {
        return m_inner->appendCheckpoint(owner, row, previousSeq);
    }
    Core::Result<void> appendUnapplied(const Server::OwnerRow &owner, const Server::DeviceRow &device,
                                       const Server::UnappliedRow &row) override
    {
        return m_inner->appendUnapplied(owner, device, row);
    }
    Core::Result<void> appendOverwritten(const Server::OwnerRow &owner, const Server::OverwrittenRow &row) override
    {
        return m_inner->appendOverwritten(owner, row);
    }
    Core::Result<std::size_t> compact(Server::OwnerRow &owner, const Server::CompactionLimits &limits) override
    {
        return m_inner->compact(owner, limits);
    }
    Core::Result<std::optional<Server::ErasedUser>> erase(const Core::UserId &user, std::chrono::milliseconds now) override
    {
        return m_inner->erase(user, now);
    }
    Core::Result<bool> isErased(const Core::UserId &user) override { return m_inner->isErased(user); }
    Core::Result<std::uint64_t> appendAudit(const Wire::AuditRecord &record) override { return m_inner->appendAudit(record); }
    Core::Result<void> commit() override
    {
        if (m_store.beforeCommit) {
            m_store.beforeCommit();
        }
        m_store.commits += 1;
        if (m_store.isCommitFailing) {
            return Core::failure(Core::unavailable(Core::ErrorReason::StorageIo, "the disk says no"));
        }
        return m_inner->commit();
    }

private:
    CountingStore &m_store;
    std::unique_ptr<Server::WriteTransaction> m_inner;
};

Core::Result<std::unique_ptr<Server::WriteTransaction>> CountingStore::begin()
{
    auto inner = m_inner->begin();
    if (!inner) {
        return Core::failure(std::move(inner.error()));
    }
    return std::make_unique<CountingTransaction>(*this, std::move(*inner));
}

constexpr int deviceCount = 5;
constexpr int pushCount = 50;

Core::DeviceId deviceOf(int number)
{
    Core::DeviceId device;
    device.bytes[0] = static_cast<std::uint8_t>(number + 1);
    return device;
}

}  // namespace

class TestPushPipeline : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void pushes_waitingTogether_shareOneCommitAndAreAnsweredInOrder();
    void commit_failed_answersAllUnavailableAndKeepsNothing();
    void revocation_committed_hasItsRecordInTheSameTransaction();
    void revocation_failed_leavesNeitherChangeNorRecord();
    void revocation_ofUnknownDevice_isRecordedAsRefused();
    void audit_answered_isDurableAndShared();
    void audit_commitFailed_isAnsweredUnavailable();
    void between_whileACursorWaits_runsAtOnce();

private:
    /// The number-th push: one mutation, the devices in turn.
    [[nodiscard]] static Server::PushRequest request(int number);
    void pushAll();
    [[nodiscard]] static Wire::AuditRecord record(const std::string &id);
    [[nodiscard]] std::vector<Wire::AuditRecord> records();
    [[nodiscard]] bool isRevoked(int device);

    std::unique_ptr<QTemporaryDir> m_folder;
    Server::SystemRandom m_random;
    Server::SystemClock m_clock;
    Server::Failpoint m_failpoint;
    std::unique_ptr<CountingStore> m_store;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    std::vector<std::pair<int, Server::PushAnswer>> m_answers;
    int m_grownCount = 0;
    std::vector<Core::ErrorReason> m_failures;
};

void TestPushPipeline::init()
{
    m_pipeline.reset();
    m_store.reset();
    m_answers.clear();
    m_grownCount = 0;
    m_failures.clear();
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened =
        Server::EmbeddedStore::open(m_folder->filePath(QStringLiteral("server.db")).toStdString(), CipherDb::StoreKey::random(), m_random);
    QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
    m_store = std::make_unique<CountingStore>(std::move(*opened));
    Server::PipelineSettings settings;
    settings.hasThread = false;
    settings.failed = [this](const Core::Error &error) { m_failures.push_back(error.reason); };
    m_pipeline = std::make_unique<Server::PushPipeline>(*m_store, m_clock, settings, m_failpoint,
                                                        [this](const auto &, std::uint64_t, const auto &) { m_grownCount += 1; });
    int welcomed = 0;
    for (int number = 0; number < deviceCount; ++number) {
        Wire::Hello hello;
        hello.device.id = deviceOf(number);
        m_pipeline->hello({Core::UserId{"t", "u"}, hello, "lease", m_store->epoch()},
                          [&welcomed](const Server::HelloAnswer &answer) { welcomed += answer ? 1 : 0; });
    }
    QVERIFY(m_pipeline->work());
    QCOMPARE(welcomed, deviceCount);
    QCOMPARE(m_store->commits, 1);
    m_store->commits = 0;
}

Server::PushRequest TestPushPipeline::request(int number)
{
    const Core::DeviceId device = deviceOf(number % deviceCount);
    Core::Mutation mutation;
    mutation.dot = {device, static_cast<std::uint64_t>(number / deviceCount) + 1};
    mutation.stamp = Core::Hlc::fromParts(1'000'000, 0);
    mutation.document = {"notes", "k" + std::to_string(number)};
    mutation.ops = {Core::PutOp{"f", Core::Value(number)}};
    return {Core::UserId{"t", "u"}, device, Wire::Push{static_cast<std::uint64_t>(number) + 1, {mutation}}, "lease"};
}

void TestPushPipeline::pushAll()
{
    for (int number = 0; number < pushCount; ++number) {
        m_pipeline->push(request(number), [this, number](Server::PushAnswer answer) { m_answers.emplace_back(number, std::move(answer)); });
    }
}

void TestPushPipeline::pushes_waitingTogether_shareOneCommitAndAreAnsweredInOrder()
{
    std::size_t answeredBefore = pushCount;
    m_store->beforeCommit = [&] { answeredBefore = m_answers.size(); };
    pushAll();
    QVERIFY(m_answers.empty());
    QVERIFY(m_pipeline->work());
    QVERIFY(!m_pipeline->work());
    QCOMPARE(m_store->commits, 1);
    QCOMPARE(answeredBefore, std::size_t{0});
    QCOMPARE(m_answers.size(), std::size_t{pushCount});
    for (int number = 0; number < pushCount; ++number) {
        const auto &[which, answer] = m_answers[static_cast<std::size_t>(number)];
        QCOMPARE(which, number);
        QVERIFY2(answer, answer ? "" : Core::describe(answer.error()).c_str());
        QCOMPARE(answer->pushed.pushId, static_cast<std::uint64_t>(number) + 1);
        QCOMPARE(answer->pushed.acceptedThrough, static_cast<std::uint64_t>(number / deviceCount) + 1);
        QCOMPARE(answer->firstSeq, static_cast<std::uint64_t>(number) + 1);
    }
    QVERIFY(m_grownCount > 0);
}

void TestPushPipeline::commit_failed_answersAllUnavailableAndKeepsNothing()
{
    m_store->isCommitFailing = true;
    pushAll();
    QVERIFY(m_pipeline->work());
    QCOMPARE(m_store->commits, 1);
    QCOMPARE(m_answers.size(), std::size_t{pushCount});
    for (const auto &[number, answer] : m_answers) {
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, Core::ErrorCode::Unavailable);
    }
    QCOMPARE(m_grownCount, 0);
    QCOMPARE(m_failures, std::vector{Core::ErrorReason::StorageIo});
    QCOMPARE(*(*m_store->reader())->head(Core::UserId{"t", "u"}), 0U);
    // The same pushes again are taken as if for the first time.
    m_store->isCommitFailing = false;
    m_answers.clear();
    pushAll();
    QVERIFY(m_pipeline->work());
    QCOMPARE(m_answers.size(), std::size_t{pushCount});
    for (const auto &[number, answer] : m_answers) {
        QVERIFY(answer);
        QVERIFY(answer->pushed.settled.empty() || !answer->pushed.settled.front().wasDuplicate);
    }
    QCOMPARE(*(*m_store->reader())->head(Core::UserId{"t", "u"}), static_cast<std::uint64_t>(pushCount));
}

Wire::AuditRecord TestPushPipeline::record(const std::string &id)
{
    Wire::AuditRecord record;
    record.tenant = "t";
    record.action = "Test/Act";
    record.requestId = id;
    return record;
}

std::vector<Wire::AuditRecord> TestPushPipeline::records()
{
    std::vector<Wire::AuditRecord> out;
    const auto rows = (*m_store->reader())->auditRange("t", 0, 100);
    for (const Server::AuditRow &row : rows ? *rows : std::vector<Server::AuditRow>{}) {
        out.push_back(*Audit::readRecord(row.stored, row.opened));
    }
    return out;
}

bool TestPushPipeline::isRevoked(int device)
{
    const auto user = (*m_store->reader())->user(Core::UserId{"t", "u"});
    return std::any_of((*user)->devices.begin(), (*user)->devices.end(),
                       [&](const auto &known) { return known.id == deviceOf(device) && known.isRevoked; });
}

void TestPushPipeline::revocation_committed_hasItsRecordInTheSameTransaction()
{
    m_store->beforeCommit = [this] { QVERIFY(records().empty()); };
    std::optional<Server::RevokeAnswer> answer;
    m_pipeline->revoke({Core::UserId{"t", "u"}, deviceOf(2), record("r1")}, [&](Server::RevokeAnswer given) { answer = std::move(given); });
    QVERIFY(m_pipeline->work());
    QVERIFY(answer && *answer && !(*answer)->wasRevoked);
    QCOMPARE(m_store->commits, 1);
    QVERIFY(isRevoked(2));
    QCOMPARE(records().size(), std::size_t{1});
    QCOMPARE(records()[0].requestId, std::string("r1"));
    QVERIFY(!records()[0].code);
    QVERIFY(records()[0].time.count() > 0);
}

void TestPushPipeline::revocation_failed_leavesNeitherChangeNorRecord()
{
    m_store->isCommitFailing = true;
    std::optional<Server::RevokeAnswer> answer;
    m_pipeline->revoke({Core::UserId{"t", "u"}, deviceOf(2), record("r1")}, [&](Server::RevokeAnswer given) { answer = std::move(given); });
    QVERIFY(m_pipeline->work());
    QVERIFY(answer && !*answer);
    QVERIFY(!isRevoked(2));
    QVERIFY(records().empty());
}

void TestPushPipeline::revocation_ofUnknownDevice_isRecordedAsRefused()
{
    std::optional<Server::RevokeAnswer> answer;
    m_pipeline->revoke({Core::UserId{"t", "u"}, deviceOf(77), record("r1")},
                       [&](Server::RevokeAnswer given) { answer = std::move(given); });
    QVERIFY(m_pipeline->work());
    QVERIFY(answer && !*answer);
    QCOMPARE(records().size(), std::size_t{1});
    QCOMPARE(records()[0].code, std::optional(Core::ErrorCode::NotFound));
}

void TestPushPipeline::audit_answered_isDurableAndShared()
{
    int answered = 0;
    m_store->beforeCommit = [&] { QCOMPARE(answered, 0); };
    for (const char *id : {"a", "b", "c"}) {
        m_pipeline->audit(record(id), [&](const Core::Result<void> &written) {
            QVERIFY(written);
            answered += 1;
        });
    }
    QVERIFY(m_pipeline->work());
    QCOMPARE(m_store->commits, 1);
    QCOMPARE(answered, 3);
    QCOMPARE(records().size(), std::size_t{3});
    QCOMPARE(records()[2].requestId, std::string("c"));
}

void TestPushPipeline::audit_commitFailed_isAnsweredUnavailable()
{
    m_store->isCommitFailing = true;
    std::optional<Core::Result<void>> answer;
    m_pipeline->audit(record("a"), [&](Core::Result<void> written) { answer = std::move(written); });
    QVERIFY(m_pipeline->work());
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, Core::ErrorCode::Unavailable);
    QVERIFY(records().empty());
}

void TestPushPipeline::between_whileACursorWaits_runsAtOnce()
{
    m_pipeline.reset();
    Server::PipelineSettings settings;
    settings.cursorDelay = std::chrono::hours(1);
    Server::PushPipeline pipeline(*m_store, m_clock, settings, m_failpoint, [](const auto &, std::uint64_t, const auto &) {});
    for (int round = 0; round < 20; ++round) {
        const auto ran = std::make_shared<std::promise<void>>();
        QVERIFY(pipeline.between([&, ran] {
            pipeline.saveCursor(Core::UserId{"t", "u"}, deviceOf(0), 1);
            ran->set_value();
        }));
        QCOMPARE(ran->get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
    }
}

QTEST_GUILESS_MAIN(TestPushPipeline)
#include "tst_pushpipeline.moc"
