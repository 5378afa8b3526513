// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server.h"

#include "server-stub/admin/adminendpoint.h"
#include "server-stub/admin/auditexporter.h"
#include "server-stub/auth/bearertokens.h"
#include "server-stub/auth/devtoken.h"
#include "server-stub/net/netserver.h"
#include "server-stub/ops/backup/backup.h"
#include "server-stub/ops/backup/restore.h"
#include "server-stub/ops/health.h"
#include "server-stub/ops/keyfile.h"
#include "server-stub/ops/metricspage.h"
#include "server-stub/ops/policyfile.h"
#include "server-stub/store/embedded/embeddedstore.h"

#include <atomic>
#include <future>
#include <mutex>
#include <system_error>

namespace Satchel::Server {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds drainPatience{2000};
constexpr std::size_t queuedReadsMax = 20'000;
constexpr double fullLagUs = 2e6;  ///< an event loop this late has more to do than it can
constexpr std::size_t queuedAdminCallsMax = 1'000;
constexpr const char *storeName = "server.db";
constexpr const char *homeTenantDefault = "default";

}  // namespace

/// Members stand in the order in which they need each other; they go in the opposite one.
struct Server::Private {
    Private(ServerOptions given, const Clock &clock_, Random &random_, Log &log_)
        : options(std::move(given))
        , clock(clock_)
        , random(random_)
        , log(log_)
    {
    }
    ~Private();

    Core::Result<void> openStore();
    Core::Result<void> openExistingStore();
    [[nodiscard]] fs::path keyFile() const { return options.keyFile.empty() ? options.dataFolder / "store.key" : options.keyFile; }
    Core::Result<void> loadPolicies();
    void reloadPolicies();
    Core::Result<void> makeTokens();
    Core::Result<void> makeAuditSigner();
    Core::Result<void> makeAdmin();
    Core::Result<Wire::Admin::BackupsCreateResponse> backup();
    void makePipeline();
    void makeServices();
    Core::Result<void> makeTls();
    void addRoutes();
    void addHealth();
    Core::Result<void> addMetrics();
    [[nodiscard]] Gauges gauges() const;
    void tell(const Core::Result<CompactionReport> &report);
    Core::Result<void> checkAddress() const;

    ServerOptions options;
    const Clock &clock;
    Random &random;
    Log &log;
    Failpoint afterCommit;
    fs::path ephemeralFolder;
    std::unique_ptr<EmbeddedStore> store;
    JwtSettings tokenSettings;
    std::unique_ptr<BearerTokens> tokens;
    std::unique_ptr<DevTokenEndpoint> devTokens;
    Hub hub;
    std::shared_ptr<const Policies> startPolicies = std::make_shared<const Policies>();
    std::unique_ptr<PushPipeline> pipeline;
    std::unique_ptr<PolicyKeeper> policyKeeper;
    std::unique_ptr<Compactor> compactor;
    std::unique_ptr<Gatekeeper> gate;
    std::unique_ptr<ReaderPool> readers;
    std::unique_ptr<ReaderPool> adminReaders;  ///< of their own, so that no operator's query holds devices up
    std::unique_ptr<SessionServices> services;
    std::optional<Audit::Signer> auditSigner;
    std::unique_ptr<AdminEndpoint> admin;
    std::unique_ptr<NetServer> net;
    std::chrono::milliseconds startedAt{0};
    std::mutex backupMutex;
    bool isRunning = false;
    std::atomic<bool> isDraining{false};
};

Server::Private::~Private()
{
    net.reset();
    adminReaders.reset();
    readers.reset();
    compactor.reset();
    pipeline.reset();
    store.reset();
    if (!ephemeralFolder.empty()) {
        std::error_code ignored;
        fs::remove_all(ephemeralFolder, ignored);
    }
}

Core::Result<void> Server::Private::checkAddress() const
{
    const std::string &address = options.net.address;
    const bool isLoopback = address.rfind("127.", 0) == 0 || address == "::1";
    const bool isTls = !options.net.tlsCertificate.empty();
    if (!isLoopback && isTls && !options.isRemoteAllowed && options.identity.isDevelopment()) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                            "development tokens are for loopback only; take an issuer's by --oidc-issuer or --jwks, without --dev",
                            Core::Retry::AfterChange));
    }
    if (!isLoopback && !isTls && !options.isRemoteAllowed) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "without TLS the server listens on loopback only; give it --tls-cert and --tls-key. "
                                             "--insecure-allow-remote overrides this",
                                             Core::Retry::AfterChange));
    }
    if (!isLoopback && options.identity.hasIssuer() && options.identity.isDevelopment()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "development tokens beside an issuer's are for loopback only; leave out --dev",
                                             Core::Retry::AfterChange));
    }
    return {};
}

Core::Result<void> Server::Private::openExistingStore()
{
    std::error_code ignored;
    if (options.dataFolder.empty() || !fs::exists(options.dataFolder / storeName, ignored)) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                             "there is no store in the data folder", Core::Retry::AfterChange));
    }
    return openStore();
}

Core::Result<void> Server::Private::openStore()
{
    const auto cannotMake = [](const std::error_code &error) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                             "the data folder cannot be made: " + error.message(), Core::Retry::AfterChange));
    };
    std::error_code error;
    if (options.dataFolder.empty()) {
        ephemeralFolder = fs::temp_directory_path(error) / ("satchel-server-" + toHex(random.bytes(8)));
        if (error || !fs::create_directory(ephemeralFolder, error)) {
            return cannotMake(error);
        }
        fs::permissions(ephemeralFolder, fs::perms::owner_all, error);
        auto opened = EmbeddedStore::open(ephemeralFolder / storeName, CipherDb::StoreKey::random(), random);
        if (!opened) {
            return Core::failure(std::move(opened.error()));
        }
        store = std::move(*opened);
        return {};
    }
    fs::create_directories(options.dataFolder, error);
    if (error) {
        return cannotMake(error);
    }
    const fs::path file = options.dataFolder / storeName;
    auto key = keyFromFile(keyFile(), file, random);
    if (!key) {
        return Core::failure(std::move(key.error()));
    }
    auto opened = EmbeddedStore::open(file, std::move(*key), random);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    store = std::move(*opened);
    return {};
}

Core::Result<void> Server::Private::loadPolicies()
{
    if (options.policyFile) {
        auto policies = loadPolicyFile(*options.policyFile);
        if (!policies) {
            return Core::failure(std::move(policies.error()));
        }
        startPolicies = std::make_shared<const Policies>(std::move(*policies));
        return store->setPolicies(startPolicies->shared,
                                  PolicyVersion{startPolicies->shared.version(), clock.now(), {}, startPolicies->text});
    }
    auto view = store->reader();
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    auto kept = (*view)->policyVersion(std::nullopt);
    if (!kept) {
        return Core::failure(std::move(kept.error()));
    }
    Policies policies;
    if (*kept && (*kept)->version == store->policies()->version()) {
        auto parsed = parsePolicies((*kept)->text);
        if (!parsed) {
            return Core::failure(std::move(parsed.error()));
        }
        policies = std::move(*parsed);
    } else {
        policies.shared = *store->policies();
    }
    startPolicies = std::make_shared<const Policies>(std::move(policies));
    return {};
}

void Server::Private::reloadPolicies()
{
    if (!options.policyFile) {
        return;
    }
    const auto failed = [this](const Core::Error &error) {
        log.error("the policy file was not taken, the policies before stay", {{"error", Core::describe(error)}});
    };
    auto policies = loadPolicyFile(*options.policyFile);
    if (!policies) {
        failed(policies.error());
        return;
    }
    if (policies->text == policyKeeper->current().policies().text) {
        return;
    }
    const std::string version = std::to_string(policies->shared.version());
    PolicyKeeper::Change change{std::move(*policies), std::nullopt, {}, Wire::AuditRecord{}};
    change.record->tenant = policyKeeper->homeTenant();
    change.record->action = Wire::auditPoliciesReloadedAction;
    policyKeeper->change(std::move(change), [this, failed, version](const Core::Result<void> &changed) {
        if (changed) {
            log.info("policies changed", {{"version", version}});
        } else {
            failed(changed.error());
        }
    });
}

Core::Result<void> Server::Private::makeTokens()
{
    auto secret = options.devSecretFile ? secretFromFile(*options.devSecretFile) : store->secret("dev-token");
    if (!secret) {
        return Core::failure(std::move(secret.error()));
    }
    tokenSettings.key = std::move(*secret);
    auto made = BearerTokens::make(options.identity, tokenSettings, log);
    if (!made) {
        return Core::failure(std::move(made.error()));
    }
    tokens = std::move(*made);
    devTokens = std::make_unique<DevTokenEndpoint>(JwtIssuer(tokenSettings), clock, options.devTokenLifetime);
    return {};
}

void Server::Private::makePipeline()
{
    if (!options.failpoint.empty() && !afterCommit.arm("after_commit_before_answer", options.failpoint)) {
        log.warning("unknown failpoint", {});
    }
    options.pipeline.push.limits = options.session.limits;
    options.pipeline.failed = [this](const Core::Error &error) { log.error("commit failed", {{"error", Core::describe(error)}}); };
    pipeline = std::make_unique<PushPipeline>(
        *store, clock, options.pipeline, afterCommit,
        [this](const Core::UserId &user, std::uint64_t head, const Core::DeviceId &by) { hub.grown(user, head, by); });
    const std::string &tenant = options.identity.claims.tenant;
    policyKeeper = std::make_unique<PolicyKeeper>(*store, *pipeline, hub, startPolicies, options.policyFile.has_value(),
                                                  tenant.empty() ? std::string(homeTenantDefault) : tenant);
    compactor = std::make_unique<Compactor>(*store, *pipeline, clock, options.compaction);
}

void Server::Private::makeServices()
{
    makePipeline();
    readers = std::make_unique<ReaderPool>(*store, options.readerThreads, queuedReadsMax);
    adminReaders = std::make_unique<ReaderPool>(*store, options.readerThreads, queuedAdminCallsMax);
    gate = std::make_unique<Gatekeeper>(options.gate, pipeline->metrics());
    gate->load().add([this] { return pipeline->fullness(); });
    gate->load().add([this] { return readers->fullness(); });
    gate->load().add([this] { return adminReaders->fullness() * Load::limitOf(Work::Admin); });
    gate->load().add([this] { return static_cast<double>(pipeline->metrics().loopLagUs.load()) / fullLagUs; });
    services = std::make_unique<SessionServices>(
        SessionServices{*store, *pipeline, *readers, hub, *tokens, clock, random, options.session, *gate});
    net = std::make_unique<NetServer>(options.net, *services, log);
}

Core::Result<void> Server::Private::makeAuditSigner()
{
    return store->secret("audit-signing")
        .and_then([](const std::string &seed) { return Audit::Signer::make(std::string(Audit::signerName), seed); })
        .map([this](Audit::Signer &&signer) { auditSigner.emplace(std::move(signer)); });
}

Core::Result<void> Server::Private::makeTls()
{
    if (options.net.tlsCertificate.empty()) {
        return {};
    }
    auto identity = TlsIdentity::open(options.net.tlsCertificate, options.net.tlsKey, log);
    if (!identity) {
        return Core::failure(std::move(identity.error()));
    }
    net->useTls(std::move(*identity));
    return {};
}

Core::Result<void> Server::Private::makeAdmin()
{
    if (auto made = makeAuditSigner(); !made) {
        return made;
    }
    log.info("audit key", {{"key", auditSigner->verifierKey().toText()}});
    auto secret = store->secret("page-token");
    if (!secret) {
        return Core::failure(std::move(secret.error()));
    }
    AdminContext context{PageTokens(std::move(*secret)), *auditSigner, store->epoch(), *policyKeeper, hub, *pipeline, *gate, random};
    context.backup = [this] { return backup(); };
    admin = std::make_unique<AdminEndpoint>(std::move(context), *adminReaders, *tokens, clock, random);
    admin->addRoutes(net->router());
    return {};
}

void Server::Private::tell(const Core::Result<CompactionReport> &report)
{
    Metrics &metrics = pipeline->metrics();
    metrics.compactionPasses.add();
    metrics.compactedEvents.add(report ? report->eventCount : 0);
    if (!report) {
        log.error("compaction failed", {{"error", Core::describe(report.error())}});
    } else if (report->eventCount > 0) {
        log.info("compacted", {{"users", std::to_string(report->userCount)}, {"events", std::to_string(report->eventCount)}});
    }
}

void Server::Private::addHealth()
{
    Router &router = net->router();
    router.add("GET", "/healthz", [](const HttpRequest &, const Respond &respond) { respond(jsonResponse(200, R"({"status":"ok"})")); });
    router.add("GET", "/readyz", [this](const HttpRequest &, const Respond &respond) {
        Readiness readiness;
        readiness.hasTokenKeys = tokens->isReady();
        readiness.isReadOnly = gate->isReadOnly();
        readiness.isDraining = isDraining;
        readiness.isOverloaded = gate->load().isOver();
        if (readiness.isOverloaded) {
            // The store has more to answer than it can.
            respond(readinessResponse(readiness));
            return;
        }
        readers->run([readiness, respond](Core::Result<ReadView *> view) mutable {
            const auto head = view ? (*view)->head(Core::UserId{}) : Core::Result<std::uint64_t>(Core::failure(std::move(view.error())));
            if (!head) {
                readiness.storeError = head.error();
            }
            respond(readinessResponse(readiness));
        });
    });
}

Gauges Server::Private::gauges() const
{
    Gauges out;
    out.connections = net->connectionCount();
    out.sessions = hub.sessionCount();
    out.queuedMutations = pipeline->queuedMutations();
    out.queuedJobs = pipeline->queuedJobs();
    out.queuedReads = readers->queuedReads();
    const fs::path file = (options.dataFolder.empty() ? ephemeralFolder : options.dataFolder) / storeName;
    for (const char *suffix : {"", "-wal"}) {
        std::error_code error;
        const auto bytes = fs::file_size(file.string() + suffix, error);
        out.storeBytes += error ? 0 : bytes;
    }
    out.isReadOnly = gate->isReadOnly();
    out.startedAt = startedAt;
    return out;
}

Core::Result<void> Server::Private::addMetrics()
{
    std::string secret;
    if (!options.metricsTokenFile.empty()) {
        auto read = secretFromFile(options.metricsTokenFile);
        if (!read) {
            return Core::failure(std::move(read.error()));
        }
        secret = std::move(*read);
    }
    startedAt = clock.now();
    net->router().add("GET", "/metrics", [this, secret](const HttpRequest &request, const Respond &respond) {
        if (auto refused = refuseMetrics(request, secret)) {
            respond(std::move(*refused));
            return;
        }
        respond(HttpResponse{200, metricsContentType, metricsPage(pipeline->metrics(), gauges()), {}});
    });
    return {};
}

void Server::Private::addRoutes()
{
    Router &router = net->router();
    const auto devToken = [endpoint = devTokens.get()](const HttpRequest &request, const Respond &respond) {
        endpoint->handle(request, respond);
    };
    if (options.identity.isDevelopment()) {
        router.add("GET", "/v1/dev/token", devToken);
        router.add("POST", "/v1/dev/token", devToken);
    }
    addHealth();
    net->addPolling();
}

Server::Server(ServerOptions options, const Clock &clock, Random &random, Log &log)
    : d(std::make_unique<Private>(std::move(options), clock, random, log))
{
}

Server::~Server()
{
    stop();
}

Core::Result<void> Server::renewEpoch()
{
    return d->openExistingStore().and_then([this] { return d->store->renewEpoch(d->clock.now()); }).and_then([this] {
        return d->store->checkpoint();
    });
}

Core::Result<CompactionReport> Server::compact()
{
    if (auto opened = d->openExistingStore(); !opened) {
        return Core::failure(std::move(opened.error()));
    }
    if (auto loaded = d->loadPolicies(); !loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    d->makePipeline();
    auto report = d->compactor->pass();
    d->pipeline->stop();
    if (auto moved = d->store->checkpoint(); report && !moved) {
        return Core::failure(std::move(moved.error()));
    }
    return report;
}

Core::Result<void> Server::check()
{
    return d->openExistingStore().and_then([this] { return d->store->verify(); });
}

Core::Result<std::size_t> Server::verify()
{
    auto report = d->openExistingStore().and_then([this] { return d->store->verifyProjections(); });
    if (!report) {
        return Core::failure(std::move(report.error()));
    }
    if (report->differenceCount > 0) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::None,
                                             std::to_string(report->differenceCount) +
                                                 " differences from the log, which `rebuild` mends; the first: " + report->first,
                                             Core::Retry::AfterChange));
    }
    return report->userCount;
}

Core::Result<std::size_t> Server::rebuild()
{
    auto report = d->openExistingStore().and_then([this] { return d->store->rebuildProjections(); });
    if (auto moved = report ? d->store->checkpoint() : Core::Result<void>(); !moved) {
        return Core::failure(std::move(moved.error()));
    }
    return report ? Core::Result<std::size_t>(report->differenceCount) : Core::failure(std::move(report.error()));
}

Core::Result<std::string> Server::auditKey()
{
    return d->openExistingStore().and_then([this] { return d->makeAuditSigner(); }).map([this] {
        return d->auditSigner->verifierKey().toText();
    });
}

Core::Result<void> Server::exportAudit(const std::string &tenant, const std::function<void(const std::string &lines)> &write)
{
    auto view = auditKey().and_then([this](const std::string &) { return d->store->reader(); });
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    const AuditExporter exporter(*d->auditSigner, d->store->epoch());
    std::string lines;
    auto place = exporter.begin(tenant, **view, lines);
    Core::Result<void> done = place ? Core::Result<void>() : Core::failure(std::move(place.error()));
    for (bool isWhole = false; done && !isWhole;) {
        done = exporter.addPart(tenant, **view, *place, lines);
        isWhole = place->isWhole();
        write(lines);
        lines.clear();
    }
    return done;
}

Core::Result<Wire::Admin::BackupsCreateResponse> Server::Private::backup()
{
    const std::unique_lock only(backupMutex, std::try_to_lock);
    if (!only) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "a backup is being made", Core::Retry::Later));
    }
    const WhileNobodyWrites whileNobodyWrites = [this](const std::function<Core::Result<void>()> &step) -> Core::Result<void> {
        if (!pipeline) {
            return step();
        }
        std::promise<Core::Result<void>> done;
        if (!pipeline->between([&] { done.set_value(step()); })) {
            return Core::failure(Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down"));
        }
        return done.get_future().get();
    };
    return makeBackup(*store, *auditSigner, {options.backupFolder, options.backupKeyringFolder}, clock.now(), whileNobodyWrites)
        .map([](const BackupReport &report) {
            return Wire::Admin::BackupsCreateResponse{report.name, report.sizeBytes, report.manifest.toJson()};
        });
}

Core::Result<Wire::Admin::BackupsCreateResponse> Server::backup()
{
    if (d->isRunning) {
        return d->backup();
    }
    return d->openExistingStore().and_then([this] { return d->makeAuditSigner(); }).and_then([this] { return d->backup(); });
}

Core::Result<std::string> Server::restore(const fs::path &from, const fs::path &keyring)
{
    return restoreBackup({from, d->options.dataFolder, d->keyFile(), keyring}, d->clock, d->random);
}

Core::Result<void> Server::changeStoreKey(const fs::path &newKeyFile)
{
    const fs::path file = d->options.dataFolder / storeName;
    return newKeyFile.empty() ? rotateKey(d->keyFile(), file, d->random) : changeKey(d->keyFile(), newKeyFile, file, d->random);
}

Core::Result<void> Server::start()
{
    for (const auto step : {&Private::openStore, &Private::loadPolicies, &Private::makeTokens}) {
        if (auto done = (*d.*step)(); !done) {
            return done;
        }
    }
    if (auto allowed = d->checkAddress(); !allowed) {
        return allowed;
    }
    d->makeServices();
    if (auto made = d->makeTls(); !made) {
        return made;
    }
    d->addRoutes();
    if (auto made = d->addMetrics(); !made) {
        return made;
    }
    if (auto made = d->makeAdmin(); !made) {
        return made;
    }
    if (auto listening = d->net->start(); !listening) {
        return listening;
    }
    d->compactor->start([this](const Core::Result<CompactionReport> &report) { d->tell(report); });
    d->isRunning = true;
    d->log.info("listening", {{"url", url()}});
    return {};
}

void Server::reload()
{
    d->tokens->reload();
    d->reloadPolicies();
    d->net->reload();
}

void Server::change(const GateSettings &settings)
{
    d->gate->change(settings);
    if (settings.isReadOnly != d->gate->isReadOnly()) {
        d->gate->setReadOnly(settings.isReadOnly);
        d->log.warning(settings.isReadOnly ? "read-only from now on" : "takes writes again");
    }
    if (settings.isReadOnly) {
        d->hub.readOnly();
    }
}

void Server::stop()
{
    if (!d->isRunning) {
        return;
    }
    d->isRunning = false;
    d->isDraining = true;
    d->net->stopAccepting();
    d->hub.shutDown();
    d->net->stop(drainPatience);
    d->adminReaders->stop();
    d->admin->flush();
    d->readers->stop();
    d->compactor->stop();
    d->pipeline->stop();
    if (auto moved = d->store->checkpoint(); !moved) {
        d->log.error("checkpoint failed", {{"error", Core::describe(moved.error())}});
    }
    d->log.info("stopped");
}

SessionServices &Server::services()
{
    return *d->services;
}

std::uint16_t Server::port() const
{
    return d->net ? d->net->port() : 0;
}

std::string Server::url() const
{
    const bool isV6 = d->options.net.address.find(':') != std::string::npos;
    const std::string scheme = d->options.net.tlsCertificate.empty() ? "http://" : "https://";
    return scheme + (isV6 ? "[" + d->options.net.address + "]" : d->options.net.address) + ":" + std::to_string(port());
}

std::string Server::issueToken(const std::string &tenant, const std::string &user, std::vector<std::string> roles,
                               std::chrono::seconds lifetime) const
{
    const auto now = d->clock.now();
    const Identity identity{Core::UserId{tenant, user}, std::move(roles), std::chrono::duration_cast<std::chrono::seconds>(now) + lifetime};
    return JwtIssuer(d->tokenSettings).issue(identity, now);
}

std::vector<std::string> Server::endpoints() const
{
    return d->net->router().endpoints();
}

std::size_t Server::sessionCount() const
{
    return d->hub.sessionCount();
}

std::size_t Server::connectionCount() const
{
    return d->net ? d->net->connectionCount() : 0;
}

}  // namespace Satchel::Server
