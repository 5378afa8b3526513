// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/admincodec.h"

#include "wire/json.h"
#include "wire/jsontext.h"
#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"
#include "wire/strictjson.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace Satchel::Wire::Admin {

namespace {

using Core::ErrorCode;
using Json = nlohmann::json;

constexpr std::string_view errorType = "satchel.v1.Error";
constexpr std::size_t errorBytesMax = 64 * 1024;
constexpr int errorDepthMax = 32;

struct CodeRow {
    ErrorCode code;
    int httpStatus;
};

/// The Connect protocol's table, "Error codes". The names are those of Core::codeName().
constexpr std::array<CodeRow, 16> codeRows{{
    {ErrorCode::Cancelled, 499},
    {ErrorCode::Unknown, 500},
    {ErrorCode::InvalidArgument, 400},
    {ErrorCode::DeadlineExceeded, 504},
    {ErrorCode::NotFound, 404},
    {ErrorCode::AlreadyExists, 409},
    {ErrorCode::PermissionDenied, 403},
    {ErrorCode::ResourceExhausted, 429},
    {ErrorCode::FailedPrecondition, 400},
    {ErrorCode::Aborted, 409},
    {ErrorCode::OutOfRange, 400},
    {ErrorCode::Unimplemented, 501},
    {ErrorCode::Internal, 500},
    {ErrorCode::Unavailable, 503},
    {ErrorCode::DataLoss, 500},
    {ErrorCode::Unauthenticated, 401},
}};

const CodeRow *rowOf(ErrorCode code)
{
    const auto *row = std::find_if(codeRows.begin(), codeRows.end(), [code](const CodeRow &candidate) { return candidate.code == code; });
    return row != codeRows.end() ? row : nullptr;
}

ErrorCode codeFromName(std::string_view name)
{
    const auto *row =
        std::find_if(codeRows.begin(), codeRows.end(), [name](const CodeRow &candidate) { return Core::codeName(candidate.code) == name; });
    return row != codeRows.end() ? row->code : ErrorCode::Unknown;
}

/// Connect writes base64 of the plain alphabet without padding; readers take both.
std::string connectBase64(std::string_view bytes)
{
    std::string text = base64Url(bytes);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    return text;
}

Core::Result<std::string> fromConnectBase64(std::string text)
{
    while (text.ends_with('=')) {
        text.pop_back();
    }
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return fromBase64Url(text);
}

std::string stringMember(const Json &object, const char *name)
{
    const auto member = object.find(name);
    return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

/// The detail of our own type carries what the Connect code does not: reason and retry.
void readDetail(const Json &detail, Core::Error &error)
{
    if (!detail.is_object() || stringMember(detail, "type") != errorType) {
        return;
    }
    const Core::Result<std::string> bytes = fromConnectBase64(stringMember(detail, "value"));
    Pb::Error message;
    if (!bytes || !parse(*bytes, errorDepthMax, message)) {
        return;
    }
    Core::Error read;
    if (ProtoReader(Core::Limits{}).read(message, read)) {
        error.reason = read.reason;
        error.retry = read.retry;
        error.retryAfter = read.retryAfter;
    }
}

Core::Error errorFromStatus(int httpStatus)
{
    Core::Error error;
    error.code = codeFromHttp(httpStatus);
    error.reason = Core::ErrorReason::NotSatchelServer;
    error.detail = "HTTP status " + std::to_string(httpStatus) + " without an error body of the Connect protocol";
    if (error.code == ErrorCode::Unavailable) {
        error.retry = Core::Retry::Later;
    } else if (error.code == ErrorCode::Unauthenticated) {
        error.retry = Core::Retry::AfterSignIn;
    }
    return error;
}

}  // namespace

std::string encodeError(const Core::Error &error)
{
    Pb::Error message;
    write(error, &message);
    // The sentence stands beside it once already.
    message.clear_message();
    std::string out = R"({"code":")";
    out.append(Core::codeName(error.code)).append(R"(","message":)");
    appendJsonString(Core::isUtf8(error.detail) ? error.detail : std::string_view("(not UTF-8)"), out);
    out.append(R"(,"details":[{"type":")").append(errorType).append(R"(","value":")").append(connectBase64(serialize(message)));
    out.append(R"(","debug":{"reason":")").append(Core::reasonName(error.reason)).append(R"(","retryAfterMs":)");
    out.append(std::to_string(message.retry_after_ms())).append("}}]}");
    return out;
}

Core::Error errorFromResponse(int httpStatus, std::string_view body)
{
    if (body.size() > errorBytesMax || !checkJson(body, errorDepthMax)) {
        return errorFromStatus(httpStatus);
    }
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object() || stringMember(json, "code").empty()) {
        return errorFromStatus(httpStatus);
    }
    Core::Error error;
    error.code = codeFromName(stringMember(json, "code"));
    error.detail = stringMember(json, "message");
    const auto details = json.find("details");
    if (details != json.end() && details->is_array()) {
        for (const Json &detail : *details) {
            readDetail(detail, error);
        }
    }
    return error;
}

int httpFromCode(ErrorCode code)
{
    const CodeRow *row = rowOf(code);
    return row != nullptr ? row->httpStatus : 500;
}

ErrorCode codeFromHttp(int httpStatus)
{
    switch (httpStatus) {
    case 400:
        return ErrorCode::Internal;
    case 401:
        return ErrorCode::Unauthenticated;
    case 403:
        return ErrorCode::PermissionDenied;
    case 404:
        return ErrorCode::Unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
        return ErrorCode::Unavailable;
    default:
        return ErrorCode::Unknown;
    }
}

}  // namespace Satchel::Wire::Admin
