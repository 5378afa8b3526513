// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fakebackend.h"

#include <array>
#include <cstdio>

namespace Satchel::Test {

using namespace Wire::Admin;
using namespace std::chrono_literals;
using Core::Value;
using std::chrono::days;
using std::chrono::milliseconds;

namespace {

Core::DeviceId deviceId(unsigned number)
{
    Core::DeviceId id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(number * 37 + i * 59 + 11);
    }
    return id;
}

DeviceSummary device(unsigned number, const char *name, const char *platform, milliseconds ago, std::uint64_t acknowledged)
{
    return {.id = deviceId(number),
            .name = name,
            .platform = platform,
            .appVersion = "3.4.1",
            .sdkVersion = "0.1.0",
            .lastSeen = fakeNow - ago,
            .acknowledgedSeq = acknowledged,
            .acceptedThrough = acknowledged / 2,
            .isOnline = ago < 1min,
            .isRevoked = false};
}

SiblingView sibling(unsigned number, const char *name, std::uint64_t counter, std::optional<Value> value, milliseconds ago,
                    milliseconds delay = 840ms)
{
    return {.dot = {deviceId(number), counter},
            .value = std::move(value),
            .deviceName = name,
            .written = fakeNow - ago,
            .received = fakeNow - ago + delay};
}

FieldView field(const char *name, std::vector<SiblingView> siblings)
{
    const bool isConflicted = siblings.size() > 1;
    return {.name = name,
            .kind = Core::FieldKind::Register,
            .value = siblings.front().value,
            .isConflicted = isConflicted,
            .siblings = std::move(siblings)};
}

Value map(Value::Map entries)
{
    return *Value::map(std::move(entries));
}

FakeServer::Document document(const char *collection, const char *key, std::uint64_t seq, milliseconds ago, Core::ConflictRule rule,
                              std::vector<FieldView> fields)
{
    std::uint32_t conflicts = 0;
    std::size_t size = 200;
    for (const FieldView &view : fields) {
        conflicts += view.isConflicted ? 1 : 0;
        size += 90 + (view.value ? view.value->sizeBytes() : 0);
    }
    return {{.document = {.collection = collection,
                          .key = key,
                          .seq = seq,
                          .fieldCount = static_cast<std::uint32_t>(fields.size()),
                          .conflictCount = conflicts,
                          .updated = fakeNow - ago,
                          .stateBytes = static_cast<std::uint32_t>(size)},
             .fields = std::move(fields),
             .rule = rule}};
}

constexpr auto phone = "Pixel 8";
constexpr auto laptop = "ThinkPad T14";
constexpr auto tablet = "Kitchen tablet";

std::vector<FakeServer::Document> adaDocuments()
{
    using Core::ConflictRule;
    std::vector<FakeServer::Document> all;
    all.push_back(document(
        "drafts", "letter-to-the-editor", 1204, 26min, ConflictRule::Manual,
        {field("body",
               {sibling(1, phone, 311, Value("Dear editor, I write about the bus stop in Mill Lane, which was moved without notice."),
                        26min, 4min),
                sibling(2, laptop, 902,
                        Value("Dear editor,\n\nlast week the bus stop in Mill Lane was moved without notice. Those who need it most were "
                              "not asked."),
                        41min)}),
         field("attachments",
               {sibling(2, laptop, 871, Value(Value::List{Value("map.png"), Value("photo-1.jpg"), Value("photo-2.jpg")}), 3h)}),
         field("subject",
               {sibling(1, phone, 310, Value("The stop in Mill Lane"), 27min, 5min),
                sibling(2, laptop, 899, Value("Mill Lane bus stop"), 44min), sibling(3, tablet, 77, std::nullopt, 52min, 12min)}),
         field("to", {sibling(2, laptop, 870, Value("letters@gazette.example"), 3h)}),
         field("wordCount", {sibling(2, laptop, 903, Value(178), 41min)})}));
    all.push_back(document("drafts", "recipe-plum-cake", 1011, days(2), ConflictRule::Manual,
                           {field("body", {sibling(3, tablet, 70, Value("Halve the plums, stone them, lay them cut side up."), days(2))}),
                            field("servings", {sibling(3, tablet, 71, Value(8), days(2))})}));
    all.push_back(document(
        "preferences", "editor", 1190, 5h, ConflictRule::Merge,
        {field("autosave", {sibling(2, laptop, 640, Value(true), days(12))}),
         field("font.family", {sibling(2, laptop, 644, Value("Source Serif 4"), days(12))}),
         field("font.size", {sibling(1, phone, 288, Value(13.5), 5h)}),
         field("keyboard",
               {sibling(2, laptop, 651, map({{"bold", Value("Ctrl+B")}, {"find", Value("Ctrl+F")}, {"save", Value("Ctrl+S")}}), days(9))}),
         field("lastOpened", {sibling(1, phone, 290, Value(Core::Timestamp{(fakeNow - 5h).count()}), 5h)}),
         field("palette", {sibling(2, laptop, 660, Value(Core::Bytes{std::string("\x12\x34\xab\xcd\xef\x00\x01\x02", 8)}), days(9))}),
         field("recent", {sibling(1, phone, 291,
                                  Value(Value::List{Value("letter-to-the-editor"), Value("recipe-plum-cake"), Value("notes-2026")}), 5h)}),
         field("spellcheck", {sibling(2, laptop, 641, Value("en-GB"), days(12))}),
         field("theme", {sibling(2, laptop, 642, Value("solarized-light"), days(12))})}));
    all.push_back(
        document("preferences", "notifications", 644, days(20), ConflictRule::Merge,
                 {field("digest", {sibling(1, phone, 120, Value("weekly"), days(20))}),
                  field("quietHours", {sibling(1, phone, 121, map({{"from", Value("22:00")}, {"to", Value("07:00")}}), days(20))}),
                  field("sound", {sibling(1, phone, 122, Value(), days(20))})}));
    FieldView steps{.name = "pagesRead", .kind = Core::FieldKind::Counter, .value = Value(412), .isConflicted = false, .siblings = {}};
    FieldView badges{.name = "badges",
                     .kind = Core::FieldKind::Set,
                     .value = Value(Value::List{Value("early-bird"), Value("hundred-pages")}),
                     .isConflicted = false,
                     .siblings = {}};
    all.push_back(document("progress", "course/writing-well/chapter-07", 1198, 2h, ConflictRule::Merge,
                           {badges, field("position", {sibling(1, phone, 300, Value(0.64), 2h)}), steps}));
    for (int chapter = 1; chapter <= 6; ++chapter) {
        std::array<char, 64> key{};
        std::snprintf(key.data(), key.size(), "course/writing-well/chapter-%02d", chapter);
        all.push_back(document(
            "progress", key.data(), 700 + static_cast<std::uint64_t>(chapter) * 31, days(20 - 2 * chapter), ConflictRule::Merge,
            {field("position", {sibling(1, phone, 140 + static_cast<std::uint64_t>(chapter), Value(1.0), days(20 - 2 * chapter))})}));
    }
    all.push_back(document(
        "session", "open-tabs", 1203, 30min, ConflictRule::LastWriter,
        {field("active", {sibling(2, laptop, 901, Value(2), 30min)}),
         field("tabs", {sibling(2, laptop, 901, Value(Value::List{Value("inbox"), Value("calendar"), Value("letter")}), 30min)})}));
    return all;
}

UsersGetResponse ada()
{
    UsersGetResponse user{.user = {.user = "ada.lovelace@example.org",
                                   .head = 1204,
                                   .documentCount = 12,
                                   .deviceCount = 3,
                                   .openConflictCount = 2,
                                   .created = fakeNow - days(214),
                                   .lastSeen = fakeNow - 26s},
                          .devices = {device(1, phone, "Android 15", 26s, 1204), device(2, laptop, "Debian 13", 41min, 1204),
                                      device(3, tablet, "iPadOS 18", days(3), 1162)},
                          .collections = {{"drafts", 2, 2}, {"preferences", 2, 0}, {"progress", 7, 0}, {"session", 1, 0}}};
    return user;
}

/// A user of the list with devices in the state that the row number asks for.
UsersGetResponse person(const char *id, unsigned number)
{
    constexpr std::array names{"iPhone 15", "MacBook Air", "Galaxy Tab S9", "Workstation", "Fairphone 5"};
    constexpr std::array platforms{"iOS 18", "macOS 15", "Android 14", "Windows 11", "Android 15"};
    constexpr std::array<milliseconds, 8> silences{12s, 4min, 47min, 3h, 19h, days(2), days(9), days(40)};
    const std::uint64_t head = 40 + number * 313 % 5000;
    UsersGetResponse user{
        .user = {.user = id,
                 .head = head,
                 .documentCount = 3 + number * 17 % 240,
                 .deviceCount = 1 + number % 3,
                 .openConflictCount = number % 5 == 3 ? 1 + number % 4 : 0,
                 .created = fakeNow - days(30 + number * 11 % 700),
                 .lastSeen = fakeNow - silences[number % 8]},
        .devices = {},
        .collections = {{"preferences", 2 + number % 4, number % 5 == 3 ? 1 + number % 4 : 0U}, {"progress", 1 + number * 17 % 230, 0}}};
    for (unsigned i = 0; i < user.user.deviceCount; ++i) {
        user.devices.push_back(device(100 + number * 4 + i, names[(number + i) % 5], platforms[(number + i) % 5],
                                      silences[(number + i) % 8], i == 0 ? head : head - number % 7));
    }
    return user;
}

void add(FakeServer &server, const UsersGetResponse &user)
{
    server.users.push_back(user.user);
    server.profiles[user.user.user] = user;
}

void addConflicts(FakeServer &server)
{
    using Core::ConflictRule;
    const auto &letter = server.documents["ada.lovelace@example.org"].front().view;
    server.open.push_back({ConflictKind::Open, "ada.lovelace@example.org", "drafts", letter.document.key, "body", letter.fields[0].siblings,
                           Value("Dear editor, last week the bus stop in Mill Lane was moved."), ConflictRule::Manual, fakeNow - 22min,
                           1204});
    server.open.push_back({ConflictKind::Open, "ada.lovelace@example.org", "drafts", letter.document.key, "subject",
                           letter.fields[2].siblings, Value("Bus stop"), ConflictRule::Manual, fakeNow - 24min, 1203});
    server.open.push_back({ConflictKind::Open,
                           "joan.clarke@example.org",
                           "profiles",
                           "household",
                           "deliveryAddress",
                           {sibling(41, "iPhone 15", 88, map({{"city", Value("Leeds")}, {"street", Value("14 Park Row")}}), 7h),
                            sibling(42, "MacBook Air", 203, map({{"city", Value("York")}, {"street", Value("2 Goodramgate")}}), 9h)},
                           std::nullopt,
                           ConflictRule::Custom,
                           fakeNow - 7h,
                           311});
    server.open.push_back(
        {ConflictKind::Open,
         "margaret.hamilton@example.org",
         "drafts",
         "checklist/launch",
         "items",
         {sibling(51, "Workstation", 1400, Value(Value::List{Value("guidance"), Value("navigation"), Value("abort modes")}), days(3)),
          sibling(52, "Fairphone 5", 90, Value(Value::List{Value("guidance"), Value("radar")}), days(3) + 9min)},
         Value(Value::List{Value("guidance")}),
         ConflictRule::Manual,
         fakeNow - days(3),
         2210});
    server.overwritten.push_back({ConflictKind::Overwritten,
                                  "ada.lovelace@example.org",
                                  "preferences",
                                  "editor",
                                  "font.size",
                                  {sibling(1, phone, 288, Value(13.5), 5h), sibling(2, laptop, 880, Value(12), 5h + 35s)},
                                  Value(11),
                                  ConflictRule::Merge,
                                  fakeNow - 5h,
                                  1190});
    server.overwritten.push_back(
        {ConflictKind::Overwritten,
         "alan.turing@example.org",
         "session",
         "open-tabs",
         "tabs",
         {sibling(61, "Workstation", 77, Value(Value::List{Value("morphogenesis")}), days(1)),
          sibling(62, "Galaxy Tab S9", 12, Value(Value::List{Value("chess"), Value("news")}), days(1) + 2min, -90s)},
         std::nullopt,
         ConflictRule::LastWriter,
         fakeNow - days(1),
         540});
}

}  // namespace

FakeServer makeTypicalServer()
{
    FakeServer server;
    add(server, ada());
    server.documents["ada.lovelace@example.org"] = adaDocuments();
    unsigned number = 0;
    for (const char *id :
         {"alan.turing@example.org",    "annie.easley@example.org",    "barbara.liskov@example.org",     "claude.shannon@example.org",
          "donald.knuth@example.org",   "dorothy.vaughan@example.org", "edsger.dijkstra@example.org",    "evelyn.boyd@example.org",
          "frances.allen@example.org",  "grace.hopper@example.org",    "hedy.lamarr@example.org",        "jean.bartik@example.org",
          "joan.clarke@example.org",    "john.backus@example.org",     "karen.sparck-jones@example.org", "katherine.johnson@example.org",
          "kathleen.booth@example.org", "ken.thompson@example.org",    "lynn.conway@example.org",        "margaret.hamilton@example.org",
          "mary.jackson@example.org",   "niklaus.wirth@example.org",   "radia.perlman@example.org",      "tony.hoare@example.org"}) {
        add(server, person(id, ++number));
    }
    addConflicts(server);
    return server;
}

void addGeneratedUsers(FakeServer &server, int count)
{
    for (int i = 0; i < count; ++i) {
        std::array<char, 48> id{};
        std::snprintf(id.data(), id.size(), "user-%05d@example.org", i);
        server.users.push_back({.user = id.data(),
                                .head = 10,
                                .documentCount = 3,
                                .deviceCount = 1,
                                .openConflictCount = 0,
                                .created = fakeNow - days(9),
                                .lastSeen = fakeNow - 5min});
    }
}

void addHostileUser(FakeServer &server, const std::string &text)
{
    UsersGetResponse user{.user = {.user = text,
                                   .head = 1,
                                   .documentCount = 1,
                                   .deviceCount = 1,
                                   .openConflictCount = 1,
                                   .created = fakeNow - days(1),
                                   .lastSeen = fakeNow - 1min},
                          .devices = {device(9, text.c_str(), text.c_str(), 1min, 1)},
                          .collections = {{text, 1, 1}}};
    add(server, user);
    const std::vector<SiblingView> siblings{sibling(9, text.c_str(), 1, Value(text), 1min),
                                            sibling(8, text.c_str(), 1, map({{text, Value(text)}}), 2min)};
    server.documents[text].push_back(
        document(text.c_str(), text.c_str(), 1, 1min, Core::ConflictRule::Manual, {field(text.c_str(), siblings)}));
    // Through std::string, so that a text with a zero byte stays whole where the helpers above cut it.
    auto &view = server.documents[text].back().view;
    view.document.collection = text;
    view.document.key = text;
    view.fields.front().name = text;
    server.open.push_back(
        {ConflictKind::Open, text, text, text, text, siblings, Value(text), Core::ConflictRule::Manual, fakeNow - 1min, 1});
}

}  // namespace Satchel::Test
