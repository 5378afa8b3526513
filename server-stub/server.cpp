// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server_p.h"

#include "server-stub/ops/keyfile.h"

#include <system_error>

namespace Satchel::Server {

namespace {

constexpr std::chrono::milliseconds drainPatience{2000};
constexpr std::size_t queuedReadsMax = 20'000;
constexpr double fullLagUs = 2e6;  ///< an event loop this late has more to do than it can
constexpr std::size_t queuedAdminCallsMax = 1'000;
constexpr const char *homeTenantDefault = "default";

}  // namespace

Server::Private::~Private()
{
    net.reset();
    adminReaders.reset();
    readers.reset();
    expirer.reset();
    compactor.reset();
    pipeline.reset();
    store.reset();
    if (!ephemeralFolder.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(ephemeralFolder, ignored);
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

Core::Result<void> Server::Private::openStore()
{
    const auto cannotMake = [](const std::error_code &error) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                             "the data folder cannot be made: " + error.message(), Core::Retry::AfterChange));
    };
    std::error_code error;
    if (options.dataFolder.empty()) {
        ephemeralFolder = std::filesystem::temp_directory_path(error) / ("satchel-server-" + toHex(random.bytes(8)));
        if (error || !std::filesystem::create_directory(ephemeralFolder, error)) {
            return cannotMake(error);
        }
        std::filesystem::permissions(ephemeralFolder, std::filesystem::perms::owner_all, error);
        auto opened = EmbeddedStore::open(ephemeralFolder / storeName, CipherDb::StoreKey::random(), random);
        if (!opened) {
            return Core::failure(std::move(opened.error()));
        }
        store = std::move(*opened);
        return {};
    }
    std::filesystem::create_directories(options.dataFolder, error);
    if (error) {
        return cannotMake(error);
    }
    const std::filesystem::path file = options.dataFolder / storeName;
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
    expirer = std::make_unique<Expirer>(*store, *pipeline, clock, options.expiry, [this] { return gate->isReadOnly(); });
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

void Server::Private::tell(const Core::Result<ExpiryReport> &report)
{
    pipeline->metrics().expiredDocuments.add(report ? report->documentCount : 0);
    if (!report) {
        log.error("expiry failed", {{"error", Core::describe(report.error())}});
    } else if (report->documentCount > 0) {
        log.info("expired", {{"users", std::to_string(report->userCount)}, {"documents", std::to_string(report->documentCount)}});
    }
}

Server::Server(ServerOptions options, const Clock &clock, Random &random, Log &log)
    : d(std::make_unique<Private>(std::move(options), clock, random, log))
{
}

Server::~Server()
{
    stop();
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
    d->expirer->start([this](const Core::Result<ExpiryReport> &report) { d->tell(report); });
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
    d->expirer->stop();
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
