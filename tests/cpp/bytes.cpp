// The result as bytes, passed to a sink. Twin of tests/c/bytes.c.
#include "check.hpp"

namespace bytes_twin {

struct sink {
    std::vector<std::uint8_t> bytes;
    std::size_t stop_at = 0; // The sink returns false once it has this many bytes; 0 for never.
    int calls_after_stop = 0;

    bool receive(const std::uint8_t *data, std::size_t length) {
        calls_after_stop += stop_at && bytes.size() >= stop_at;
        CHECK(length > 0);
        bytes.insert(bytes.end(), data, data + length);
        return !stop_at || bytes.size() < stop_at;
    }
};

void complete_file(const nitro::client &client, const char *name) {
    const nitro::job job = job_named(client, name);
    const std::vector<std::uint8_t> expected = read_file(arg("expected"));
    sink sink;
    const auto receive = [&](const std::uint8_t *data, std::size_t length) { return sink.receive(data, length); };
    const nitro::received result = OK(job.result_bytes(receive, nitro::no_limit));
    CHECK_NUMBER(result.bytes, expected.size());
    CHECK(sink.bytes == expected);
    CHECK_TEXT(result.content_type, "application/pdf");

    // A sink without a return value continues.
    std::size_t length = 0;
    const auto count = [&](const std::uint8_t *, std::size_t more) { length += more; };
    OK(job.result_bytes(count));
    CHECK_NUMBER(length, expected.size());
}

void zip_archive(const nitro::client &client) {
    sink sink;
    const auto receive = [&](const std::uint8_t *data, std::size_t length) { return sink.receive(data, length); };
    CHECK_TEXT(OK(job_named(client, "files").result_bytes(receive)).content_type, "application/zip");
    CHECK(sink.bytes.size() > 4 && std::memcmp(sink.bytes.data(), "PK\003\004", 4) == 0);
}

// Returns the outcome after the sink got at most `most` bytes.
nitro::outcome<nitro::received> outcome_of(const nitro::client &client, const char *name, std::size_t stop_at,
                                           std::size_t most) {
    sink sink;
    sink.stop_at = stop_at;
    const auto receive = [&](const std::uint8_t *data, std::size_t length) { return sink.receive(data, length); };
    auto outcome = nitro::attempt([&] { return job_named(client, name).result_bytes(receive, nitro::no_limit); });
    CHECK_NUMBER(sink.calls_after_stop, 0);
    CHECK(sink.bytes.size() <= most);
    return outcome;
}

#define FAILS_WITH(name, expected, stop_at, most) \
    check::fails(__FILE__, __LINE__, name, outcome_of(client, name, stop_at, most), nitro::code::expected)

void run() {
    const nitro::client client = some_client();
    const std::size_t big = 1000000;
    complete_file(client, "file");
    complete_file(client, "chunked");
    zip_archive(client);
    FAILS_WITH("file", stopped, 1, big / 2);
    FAILS_WITH("file", stopped, big / 2, big - 1);
    FAILS_WITH("until_close", unverified, 0, big);
    FAILS_WITH("text", unexpected_result, 0, 0);
    FAILS_WITH("tables", unexpected_result, 0, 0);
    FAILS_WITH("running", not_ready, 0, 0);
    CHECK_TEXT(FAILS_WITH("failed", job_failed, 0, 0).problem_type, "PDFIsPasswordProtected");
    FAILS_WITH("canceled", job_canceled, 0, 0);
    FAILS_WITH("gone", gone, 0, 0);
    FAILS_WITH("lost", not_found, 0, 0);
}

} // namespace bytes_twin
#undef FAILS_WITH
TWIN(bytes);
