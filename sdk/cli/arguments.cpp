// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "arguments.h"

#include "auditverify/auditverify.h"
#include "auditverify/exportverify.h"
#include "inspect/inspect.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QHash>

namespace Satchel::Cli {

namespace {

constexpr auto helpText = R"(Keep state with its user: read and write documents as one of the user's devices.

Examples:
  satchel put preferences editor '{"theme":"dark"}'  replace a document
  satchel get preferences editor                     print it
  satchel list preferences                           keys of a collection
  satchel import --collection preferences all.jsonl  take in JSON or JSON Lines
  satchel export > all.jsonl                         write everything as JSON Lines
  satchel status                                     state of sync
  satchel watch                                      print documents as they change, until interrupted

Commands:
  put COLLECTION KEY JSON          replace a document ('-' reads the JSON from standard input)
  update COLLECTION KEY JSON       put some of its fields
  get COLLECTION KEY               print a document
  list [COLLECTION]                keys, or collections
  remove COLLECTION KEY [FIELD]    remove a document or a field
  increment COLLECTION KEY FIELD [DELTA]
  watch [COLLECTION]               follow changes
  import FILE                      documents from a file (all or, if one is wrong, none); each then shows what the
                                   file says: a number for a counter adds the difference, a list for a set adds
                                   and discards elements
  export [COLLECTION]              documents as JSON Lines
  export verify FILE               check what a server exported of a user, without it: satchel export verify --help
  status                           connection, pending and refused writes
  pending                          documents with writes that the server has not answered
  conflicts                        fields that wait for a decision
  resolve COLLECTION KEY FIELD [JSON]  decide; without JSON the field is removed
  rekey                            put the store under a new key: in the same key file, or what --new-key-file or
                                   --new-passphrase-file say; the old key file goes
  inspect STORE [VERB]             look into a store's file, also beside its app: satchel inspect --help
  audit verify FILE                check an exported audit log without its server: satchel audit --help
  agent                            run until told to quit, driven by JSON lines

Options:
  --server URL          https://host; http only to this machine (SATCHEL_URL)
  --tenant NAME         the app's world on the server (SATCHEL_TENANT; "default")
  --user NAME           owner of the state (SATCHEL_USER)
  --store FOLDER        where the encrypted store lies (SATCHEL_STORE)
  --key-file FILE       64 hexadecimal digits, which nobody else may read; made on first use, when there is no store yet (SATCHEL_KEY_FILE;
                        a file beside the store)
  --passphrase-file FILE  derive the key from this passphrase instead
  --new-key-file FILE   for rekey: where the new key is; made if it is missing
  --new-passphrase-file FILE  for rekey: derive the new key from this passphrase
  --token-file FILE     bearer token (SATCHEL_TOKEN_FILE, or SATCHEL_TOKEN itself)
  --dev-token           ask a development server on this machine for a token
  --device-name NAME    how lists of devices call this one
  --carrier KIND        auto, websocket or polling
  --collection NAME     for import: where documents go that name none
  --key-field NAME      for import: lines are the documents, and this field is their key
  --offline             touch no network
  --queue               keep a write to a strong collection that cannot reach the server now; it may be refused later
  --wait SECONDS        how long to wait for the server (10); running out of it is an error only if this is given
  --json                machine-readable output, one object a line
  -h, --help            this text
  --version

Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 denied, 5 conflict.
)";

struct Operands {
    int min;
    int max;
    const char *names;
};

const QHash<QString, Operands> &commands()
{
    static const QHash<QString, Operands> all{
        {QStringLiteral("put"), {3, 3, " COLLECTION KEY JSON"}},
        {QStringLiteral("update"), {3, 3, " COLLECTION KEY JSON"}},
        {QStringLiteral("get"), {2, 2, " COLLECTION KEY"}},
        {QStringLiteral("list"), {0, 1, " [COLLECTION]"}},
        {QStringLiteral("remove"), {2, 3, " COLLECTION KEY [FIELD]"}},
        {QStringLiteral("increment"), {3, 4, " COLLECTION KEY FIELD [DELTA]"}},
        {QStringLiteral("watch"), {0, 1, " [COLLECTION]"}},
        {QStringLiteral("import"), {1, 1, " FILE"}},
        {QStringLiteral("export"), {0, 2, " [COLLECTION], or satchel export verify FILE --key VERIFIERKEY"}},
        {QStringLiteral("status"), {0, 0, ""}},
        {QStringLiteral("pending"), {0, 0, ""}},
        {QStringLiteral("conflicts"), {0, 1, " [COLLECTION]"}},
        {QStringLiteral("resolve"), {3, 4, " COLLECTION KEY FIELD [JSON]"}},
        {QStringLiteral("agent"), {0, 0, ""}},
        {QStringLiteral("rekey"), {0, 0, " [--new-key-file FILE | --new-passphrase-file FILE]"}},
        {QStringLiteral("audit"), {2, 2, " verify FILE [--key VERIFIERKEY] [--against FILE]"}},
        {QStringLiteral("inspect"), {1, 4, " STORE [VERB] [COLLECTION] [KEY]"}},
    };
    return all;
}

Error usage(const QString &message)
{
    return {Error::Code::InvalidArgument, Error::Reason::None, message + QStringLiteral("; see satchel --help")};
}

void addOptions(QCommandLineParser &parser)
{
    for (const char *name : {"server", "tenant", "user", "store", "key-file", "passphrase-file", "new-key-file", "new-passphrase-file",
                             "token-file", "device-name", "carrier", "collection", "key-field", "key", "against", "wait"}) {
        parser.addOption(QCommandLineOption(QLatin1StringView(name), {}, QStringLiteral("VALUE")));
    }
    for (const char *name : {"dev-token", "json", "offline", "queue", "version"}) {
        parser.addOption(QCommandLineOption(QLatin1StringView(name)));
    }
    parser.addOption(QCommandLineOption(QStringList{QStringLiteral("h"), QStringLiteral("help")}));
}

Result<void> readChoices(const QCommandLineParser &parser, Arguments &arguments)
{
    const QString carrier = parser.isSet(QStringLiteral("carrier")) ? parser.value(QStringLiteral("carrier")) : QStringLiteral("auto");
    const QHash<QString, Carriers> carriers{{QStringLiteral("auto"), Carriers::Automatic},
                                            {QStringLiteral("websocket"), Carriers::WebSocketOnly},
                                            {QStringLiteral("polling"), Carriers::PollingOnly}};
    if (!carriers.contains(carrier)) {
        return failure(usage(QStringLiteral("--carrier is auto, websocket or polling")));
    }
    arguments.carriers = carriers.value(carrier);
    if (parser.isSet(QStringLiteral("wait"))) {
        bool isNumber = false;
        const int seconds = parser.value(QStringLiteral("wait")).toInt(&isNumber);
        if (!isNumber || seconds < 0) {
            return failure(usage(QStringLiteral("--wait takes a whole number of seconds")));
        }
        arguments.wait = std::chrono::seconds(seconds);
    }
    return {};
}

Result<void> checkCommand(const Arguments &arguments)
{
    const auto known = commands().constFind(arguments.command);
    if (known == commands().constEnd()) {
        return failure(usage(arguments.command.isEmpty() ? QStringLiteral("a command is missing")
                                                         : QStringLiteral("there is no command '%1'").arg(arguments.command)));
    }
    if (arguments.operands.size() < known->min || arguments.operands.size() > known->max) {
        return failure(usage(QStringLiteral("write: satchel %1%2").arg(arguments.command, QLatin1StringView(known->names))));
    }
    const QString &scheme = arguments.server.scheme();
    if (!arguments.server.isEmpty() && (arguments.server.host().isEmpty() || (scheme != u"https" && scheme != u"http"))) {
        return failure(usage(QStringLiteral("--server takes https://host[:port]")));
    }
    const int newKeys = int(!arguments.newKeyFile.isEmpty()) + int(!arguments.newPassphraseFile.isEmpty());
    if (newKeys > (arguments.command == u"rekey" ? 1 : 0)) {
        return failure(usage(QStringLiteral("rekey, and nothing else, takes one of --new-key-file and --new-passphrase-file")));
    }
    const bool isAudit = arguments.command == u"audit";
    if (isAudit && arguments.operands.value(0) != u"verify") {
        return failure(usage(QStringLiteral("write: satchel audit%1").arg(QLatin1StringView(known->names))));
    }
    const bool isExport = isExportVerify(arguments);
    if (arguments.command == u"export" && arguments.operands.size() == 2 && !isExport) {
        return failure(usage(QStringLiteral("write: satchel export%1").arg(QLatin1StringView(known->names))));
    }
    if ((!isAudit && !arguments.againstFile.isEmpty()) || (!isAudit && !isExport && !arguments.verifierKey.isEmpty())) {
        return failure(usage(QStringLiteral("--key and --against are for satchel audit verify, --key for satchel export verify too")));
    }
    // A store, a log and a user's export say themselves whose they are.
    if (arguments.user.isEmpty() && arguments.command != u"inspect" && !isAudit && !isExport) {
        return failure(usage(QStringLiteral("say whose state it is, with --user or SATCHEL_USER")));
    }
    return {};
}

}  // namespace

bool isExportVerify(const Arguments &arguments)
{
    return arguments.command == u"export" && arguments.operands.size() == 2 && arguments.operands.first() == u"verify";
}

ExitCode exitCodeFor(const Error &error)
{
    switch (error.code()) {
    case Error::Code::Unavailable:
    case Error::Code::DeadlineExceeded:
        return error.reason() == Error::Reason::StoreLocked ? ExitCode::CheckFailed : ExitCode::Unreachable;
    case Error::Code::Unauthenticated:
    case Error::Code::PermissionDenied:
        return ExitCode::Denied;
    case Error::Code::Aborted:
        return ExitCode::Conflict;
    default:
        return ExitCode::CheckFailed;
    }
}

Result<Arguments> parseArguments(const QStringList &list, std::optional<HelpAsked> &help)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(list)) {
        return failure(usage(parser.errorText().remove(QLatin1Char('.'))));
    }
    if (parser.isSet(QStringLiteral("help")) || list.size() < 2) {
        const QString command = parser.positionalArguments().value(0);
        const bool isExport = command == u"export" && parser.positionalArguments().value(1) == u"verify";
        help = HelpAsked{command == u"inspect" ? inspectHelp()
                         : command == u"audit" ? QString::fromStdString(auditHelp())
                         : isExport            ? QString::fromStdString(exportVerifyHelp())
                                               : QString(QLatin1StringView(helpText))};
        return Arguments{};
    }
    if (parser.isSet(QStringLiteral("version"))) {
        help = HelpAsked{QStringLiteral("satchel " SATCHEL_VERSION "\n")};
        return Arguments{};
    }
    const auto value = [&parser](const char *option, const char *variable) {
        const QString name = QLatin1StringView(option);
        return parser.isSet(name) ? parser.value(name) : qEnvironmentVariable(variable);
    };
    Arguments arguments;
    arguments.operands = parser.positionalArguments();
    arguments.command = arguments.operands.isEmpty() ? QString() : arguments.operands.takeFirst();
    const QString server = value("server", "SATCHEL_URL");
    arguments.server = QUrl(server, QUrl::StrictMode);
    if (!server.isEmpty() && arguments.server.isEmpty()) {
        return failure(usage(QStringLiteral("--server takes https://host[:port]")));
    }
    arguments.tenant = value("tenant", "SATCHEL_TENANT");
    if (arguments.tenant.isEmpty()) {
        arguments.tenant = QStringLiteral("default");
    }
    arguments.user = value("user", "SATCHEL_USER");
    arguments.store = value("store", "SATCHEL_STORE");
    arguments.keyFile = value("key-file", "SATCHEL_KEY_FILE");
    arguments.passphraseFile = parser.value(QStringLiteral("passphrase-file"));
    arguments.newKeyFile = parser.value(QStringLiteral("new-key-file"));
    arguments.newPassphraseFile = parser.value(QStringLiteral("new-passphrase-file"));
    arguments.tokenFile = value("token-file", "SATCHEL_TOKEN_FILE");
    arguments.token = qEnvironmentVariable("SATCHEL_TOKEN");
    arguments.isDevTokenAsked = parser.isSet(QStringLiteral("dev-token"));
    arguments.deviceName = parser.value(QStringLiteral("device-name"));
    arguments.collection = parser.value(QStringLiteral("collection"));
    arguments.keyField = parser.value(QStringLiteral("key-field"));
    arguments.verifierKey = parser.value(QStringLiteral("key"));
    arguments.againstFile = parser.value(QStringLiteral("against"));
    arguments.isJson = parser.isSet(QStringLiteral("json"));
    arguments.isOffline = parser.isSet(QStringLiteral("offline"));
    arguments.isQueueing = parser.isSet(QStringLiteral("queue"));
    if (const auto choices = readChoices(parser, arguments); !choices) {
        return failure(choices.error());
    }
    if (const auto checked = checkCommand(arguments); !checked) {
        return failure(checked.error());
    }
    return arguments;
}

}  // namespace Satchel::Cli
