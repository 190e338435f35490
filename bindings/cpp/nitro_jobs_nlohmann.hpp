/**
 * @file nitro_jobs_nlohmann.hpp
 * Conversion of results to nlohmann::json, for programs that use it: `nlohmann::json value = job.result();`
 *
 * Not included by nitro_jobs.hpp. Needs nlohmann/json.hpp 3.2 or later. Licence: MIT or Apache-2.0.
 */
#ifndef NITRO_JOBS_NLOHMANN_HPP
#define NITRO_JOBS_NLOHMANN_HPP

#include <nlohmann/json.hpp>

#include "nitro_jobs.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** Parses JSON text that the library returned; null if it is empty, discarded if it is not JSON. */
inline nlohmann::json parsed(const std::string &text) {
    return text.empty() ? nlohmann::json() : nlohmann::json::parse(text, nullptr, false);
}

/** Only the result, without the rest of the response: the URLs of files, or the text, tables, boxes or fields. */
inline void to_json(nlohmann::json &json, const job_result &result) {
#if NITRO_HPP_EXCEPTIONS
    json = parsed(result.value_json());
#else
    const outcome<std::string> text = result.value_json();
    json = text ? parsed(*text) : nlohmann::json();
#endif
}

/** The status document as the service sent it. */
inline void to_json(nlohmann::json &json, const job_status &status) { json = parsed(status.json()); }

/** The same. */
inline void to_json(nlohmann::json &json, const status_view &status) { json = parsed(status.json()); }

/** An object with url, contentType, size and pages; unknown values are left out. */
inline void to_json(nlohmann::json &json, const file_info &file) {
    json = nlohmann::json::object();
    if (!file.url.empty()) json["url"] = file.url;
    if (!file.content_type.empty()) json["contentType"] = file.content_type;
    if (file.size >= 0) json["size"] = file.size;
    if (file.pages >= 0) json["pages"] = file.pages;
}

/**
 * An object with code (its name in C), message and retryable, and with httpStatus, referenceID, ticket and problem if they
 * exist; a problem that is not JSON is a string.
 */
inline void to_json(nlohmann::json &json, const error_info &err) {
    json = nlohmann::json::object();
    json["code"] = code_name(err.code);
    json["message"] = err.message;
    json["retryable"] = err.retryable;
    if (err.http_status) json["httpStatus"] = err.http_status;
    if (!err.reference_id.empty()) json["referenceID"] = err.reference_id;
    if (!err.ticket_json.empty()) json["ticket"] = parsed(err.ticket_json);
    if (err.problem_json.empty()) return;
    nlohmann::json problem = parsed(err.problem_json);
    json["problem"] = problem.is_discarded() ? nlohmann::json(err.problem_json) : problem;
}

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
