// Helpers of the twins: the C++ ports of the programs in tests/c. One program contains all twins and runs the one whose name
// it has: TWIN BASE_URL TOKEN [NAME=VALUE]... Each twin takes the arguments of its C program, and the same test runs it.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <nitro_jobs.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#if NITRO_HPP_LENDS
#include <filesystem>
#include <string_view>
#endif

namespace check {

using std::chrono::milliseconds;
using std::chrono::seconds;

/** The arguments of the program. */
struct arguments {
    std::string base_url, token;
    std::vector<std::string> named;
};

inline arguments &given() {
    static arguments all;
    return all;
}

[[noreturn]] inline void fail(const char *file, int line, const std::string &what) {
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
    std::exit(1);
}

inline void that(const char *file, int line, const char *what, bool condition) {
    if (!condition) fail(file, line, std::string(what) + " is false");
}

inline void text(const char *file, int line, const char *what, const std::string &actual, const std::string &expected) {
    if (actual != expected) fail(file, line, std::string(what) + " is \"" + actual + "\" and not \"" + expected + "\"");
}

inline void holds(const char *file, int line, const char *what, const std::string &text, const std::string &part) {
    if (text.find(part) == std::string::npos)
        fail(file, line, std::string(what) + " is \"" + text + "\", which does not contain \"" + part + "\"");
}

template <class A, class B> void number(const char *file, int line, const char *what, A actual, B expected) {
    const auto have = static_cast<long long>(actual), want = static_cast<long long>(expected);
    if (have != want)
        fail(file, line, std::string(what) + " is " + std::to_string(have) + " and not " + std::to_string(want));
}

/** An error has a message, and none of its fields contains a secret. */
inline void is_sound(const char *file, int line, const nitro::error_info &err) {
    that(file, line, "an error has a message", !err.message.empty());
    for (const std::string *each : {&err.message, &err.problem_json, &err.problem_detail, &err.ticket_json})
        that(file, line, "an error does not contain the token", each->find(given().token) == std::string::npos);
}

template <class T> void succeeded(const char *file, int line, const char *call, const nitro::outcome<T> &outcome) {
    if (!outcome)
        fail(file, line, std::string(call) + " returned " + code_name(outcome.code()) + ": " + outcome.error().message);
}

template <class T> T ok(const char *file, int line, const char *call, nitro::outcome<T> outcome) {
    succeeded(file, line, call, outcome);
    return std::move(outcome).value();
}

inline void ok(const char *file, int line, const char *call, nitro::outcome<void> outcome) {
    succeeded(file, line, call, outcome);
}

template <class T>
nitro::error_info fails(const char *file, int line, const char *call, const nitro::outcome<T> &outcome, nitro::code code) {
    if (outcome.code() != code)
        fail(file, line, std::string(call) + " returned " + code_name(outcome.code()) + " and not " + code_name(code) +
                             ": " + outcome.error().message);
    const nitro::error_info err = outcome.error();
    that(file, line, "the error has the code of the outcome", err.code == code);
    is_sound(file, line, err);
    return err;
}

/** The value of the argument NAME=VALUE, which must exist. */
inline std::string arg(const std::string &name) {
    for (const std::string &each : given().named)
        if (each.compare(0, name.size() + 1, name + "=") == 0) return each.substr(name.size() + 1);
    std::fprintf(stderr, "the argument %s=... is missing\n", name.c_str());
    std::exit(2);
}

inline bool file_exists(const std::string &path) { return std::ifstream(path).good(); }

inline std::vector<std::uint8_t> read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    that(__FILE__, __LINE__, path.c_str(), file.good());
    return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

/** Waits for a line from the test that started this program, which signals an event there. */
inline void await_signal() {
    int read = std::getchar();
    while (read != '\n' && read != EOF) read = std::getchar();
    that(__FILE__, __LINE__, "a line was received", read == '\n');
}

/** Whether the program runs under a tool such as valgrind, which is about fifty times slower. */
inline bool under_a_tool() { return std::getenv("NITRO_TEST_RUNNER") && *std::getenv("NITRO_TEST_RUNNER"); }

/** A twin, which the program looks up by its name. */
struct twin {
    const char *name;
    void (*run)();
    const twin *next;
    static const twin *&first() {
        static const twin *all = nullptr;
        return all;
    }
    twin(const char *named, void (*body)()) : name(named), run(body), next(first()) { first() = this; }
};

} // namespace check

#define CHECK(condition) check::that(__FILE__, __LINE__, #condition, (condition) ? true : false)
#define NEVER(what) check::fail(__FILE__, __LINE__, what)
#define CHECK_TEXT(actual, expected) check::text(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_HOLDS(whole, part) check::holds(__FILE__, __LINE__, #whole, (whole), (part))
#define CHECK_NUMBER(actual, expected) check::number(__FILE__, __LINE__, #actual, (actual), (expected))

/* The call succeeds; returns its value. */
#define OK(...) check::ok(__FILE__, __LINE__, #__VA_ARGS__, nitro::attempt([&] { return __VA_ARGS__; }))
/* The call fails with this code; returns the error. */
#define FAILS(expected, ...) \
    check::fails(__FILE__, __LINE__, #__VA_ARGS__, nitro::attempt([&] { return __VA_ARGS__; }), nitro::code::expected)
/* The code of the call. */
#define CODE_OF(...) (nitro::attempt([&] { return __VA_ARGS__; }).code())

/* The same for a setter of options, which returns the options if errors are thrown. */
#if NITRO_HPP_EXCEPTIONS
#define SETTING(...) nitro::attempt([&] { __VA_ARGS__; })
#else
#define SETTING(...) nitro::attempt([&] { return __VA_ARGS__; })
#endif
#define SET(...) check::ok(__FILE__, __LINE__, #__VA_ARGS__, SETTING(__VA_ARGS__))
#define NOT_SET(expected, ...) check::fails(__FILE__, __LINE__, #__VA_ARGS__, SETTING(__VA_ARGS__), nitro::code::expected)

#define TWIN(name) static const check::twin registered_##name(#name, name##_twin::run)

namespace check {

/** Options for the service of the test, with short poll intervals. */
inline nitro::options some_options() {
    nitro::options options;
    SET(options.base_url(given().base_url));
    SET(options.bearer_token(given().token));
    SET(options.poll_interval(milliseconds(20), milliseconds(100)));
    return options;
}

inline nitro::client client_with(const nitro::options &options) {
    nitro::client client = OK(nitro::client::make(options));
    CHECK(client);
    return client;
}

inline nitro::client some_client() { return client_with(some_options()); }

/** The job of this id. */
inline nitro::job job_of(const nitro::client &client, const std::string &id) {
    nitro::job job = OK(client.job_from_id(id));
    CHECK(job);
    return job;
}

/** The job whose id is the argument `name`. */
inline nitro::job job_named(const nitro::client &client, const std::string &name) { return job_of(client, arg(name)); }

} // namespace check

using namespace check;
using nitro::code;
using nitro::existing;

#endif
