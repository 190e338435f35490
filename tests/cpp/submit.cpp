// Starting jobs. Twin of tests/c/submit.c.
#include "check.hpp"

#include <cerrno>

namespace submit_twin {

const std::string document = "%PDF-1.7 a document";

nitro::submission some_submission(const char *method) { return OK(nitro::submission::make("transformations", method)); }

struct source {
    std::size_t at;
    std::int64_t fails_with;
    int calls;

    // Returns three bytes at a time.
    std::int64_t read(std::uint8_t *buffer, std::size_t capacity) {
        calls++;
        if (fails_with) return fails_with;
        const std::size_t count = (std::min)((std::min)(document.size() - at, capacity), std::size_t(3));
        std::memcpy(buffer, document.data() + at, count);
        at += count;
        return static_cast<std::int64_t>(count);
    }
};

// A callable that reads from a source.
struct reading {
    source *from;
    std::int64_t operator()(std::uint8_t *buffer, std::size_t capacity) { return from->read(buffer, capacity); }
};

// Every kind of input in one submission.
void all_inputs(const nitro::client &client) {
    nitro::submission submission = some_submission("merge");
    source source = {0, 0, 0};
    OK(submission.params_json("{}"));
    OK(submission.add_file(arg("pdf")));
    OK(submission.add_bytes("b.pdf", document)); // A copy, which the submission owns.
    OK(submission.add_reader("c", static_cast<std::int64_t>(document.size()), reading{&source}, "application/pdf"));
    nitro::submission moved = std::move(submission);
    CHECK(!submission);

    std::int64_t last = -1, total = 0;
    const auto on_upload = [&](const nitro::upload &now) {
        CHECK(now.sent > last && now.sent <= now.total);
        last = now.sent;
        total = now.total;
    };
    const nitro::job job = OK(client.submit(moved, on_upload));
    CHECK_NUMBER(last, total);
    CHECK_NUMBER(source.at, document.size());
    moved.reset();

    const std::string json = OK(job.json());
    CHECK_HOLDS(json, job.id());
    CHECK_HOLDS(json, "\"retryAfterMs\":10");
    CHECK(json.find(given().token) == std::string::npos);
    OK(job.wait());
    CHECK(OK(job.result()).kind() == nitro::result_kind::file);
}

// The library rejects an invalid submission before it sends anything.
void rejected_by_the_library(const nitro::client &client) {
    FAILS(invalid_argument, nitro::submission::make("nonsense", "merge"));
    FAILS(invalid_argument, nitro::submission::make("transformations", std::string("mer\0ge", 6)));
    nitro::submission submission = some_submission("flatten");
    source source = {0, 0, 0};
    FAILS(invalid_argument, submission.params_json("[1]"));
    FAILS(invalid_argument, submission.delivery_json("no"));
    FAILS(invalid_argument, submission.lend_bytes("a.pdf", nullptr, 1));
    FAILS(invalid_argument, submission.add_reader("a.pdf", -1, reading{&source}));
    FAILS(invalid_argument, submission.add_file(std::string("a\0.pdf", 6)));
    FAILS(invalid_argument, submission.add_bytes("a.pdf", document, std::string("application/\0pdf", 16)));
    CHECK_HOLDS(FAILS(invalid_argument, client.submit(submission)).message, "no document");
    OK(submission.add_file(arg("other")));
    CHECK_HOLDS(FAILS(invalid_argument, client.submit(submission)).message, "set its content type");

    submission = some_submission("flatten");
    OK(submission.add_file("/no/such/file.pdf"));
    const nitro::error_info missing = FAILS(file, client.submit(submission));
    CHECK_TEXT(missing.path, "/no/such/file.pdf");
    CHECK_NUMBER(missing.os_error, ENOENT);
    submission = some_submission("flatten");
    OK(submission.add_url("not a URL", "application/pdf"));
    FAILS(invalid_argument, client.submit(submission));
}

// The callbacks and the cancel token stop a submission.
void stopped(const nitro::client &client) {
    const auto length = static_cast<std::int64_t>(document.size());
    nitro::submission submission = some_submission("flatten");
    source source = {0, -1, 0};
    OK(submission.add_reader("a.pdf", length, reading{&source}));
    FAILS(stopped, client.submit(submission, [](const nitro::upload &) { return false; }));
    CHECK_NUMBER(source.calls, 0);
    CHECK(!FAILS(stopped, client.submit(submission)).uncertain);
    CHECK_NUMBER(source.calls, 1);

    submission = some_submission("flatten");
    source.fails_with = (std::numeric_limits<std::int64_t>::max)();
    OK(submission.add_reader("a.pdf", length, reading{&source}));
    FAILS(invalid_argument, client.submit(submission));

    submission = some_submission("flatten");
    OK(submission.lend_bytes("a.pdf", document));
    const nitro::cancel_token cancel;
    cancel.trigger();
    FAILS(cancelled, client.submit(submission, cancel));
}

// The service rejects an unknown method, and the error has its problem.
void rejected_by_the_service(const nitro::client &client) {
    nitro::submission submission = some_submission("spilt");
    OK(submission.lend_bytes("a.pdf", document.data(), document.size()));
    const nitro::error_info err = FAILS(unprocessable, client.submit(submission));
    CHECK_TEXT(err.problem_type, "InvalidPlatformMethodError");
    CHECK_HOLDS(err.problem_json, "allowed_methods");
    CHECK(!err.reference_id.empty());
}

struct progress {
    nitro::run_phase phase = nitro::run_phase::upload, stop_in = static_cast<nitro::run_phase>(0);
    int phases[5] = {0};
    std::string ticket;

    bool on_run(const nitro::run_progress &now) {
        CHECK(now.phase >= phase && now.phase <= nitro::run_phase::download);
        phase = now.phase;
        phases[static_cast<int>(phase)]++;
        CHECK(now.ticket_json.empty() == (phase != nitro::run_phase::submitted));
        CHECK(static_cast<bool>(now.status) == (phase == nitro::run_phase::processing));
        CHECK(now.total < 0 || now.done <= now.total);
        if (!now.ticket_json.empty()) ticket = now.ticket_json;
        return phase != stop_in;
    }
};

void run_submission(const nitro::client &client) {
    nitro::submission submission = some_submission("flatten");
    OK(submission.add_bytes("a.pdf", std::vector<std::uint8_t>(document.begin(), document.end()), "application/pdf"));
    progress progress;
    const auto on_run = [&](const nitro::run_progress &now) { return progress.on_run(now); };
    nitro::finished done = OK(client.run(submission, arg("path"), existing::fail, on_run));
    for (int phase = NITRO_RUN_UPLOAD; phase <= NITRO_RUN_DOWNLOAD; phase++) CHECK(progress.phases[phase] > 0);
    CHECK_NUMBER(progress.phases[NITRO_RUN_SUBMITTED], 1);
    CHECK_HOLDS(progress.ticket, done.job.id());
    CHECK_HOLDS(done.saved_json, arg("path"));
    CHECK(check::file_exists(arg("path")));
    FAILS(file_exists, client.run(submission, arg("path")));

    CHECK_HOLDS(OK(client.run_all(submission, arg("folder"), existing::number)).saved_json, "a.pdf");

    // Without a path nothing is saved, and the result is available.
    done = OK(client.run(submission));
    CHECK_TEXT(done.saved_json, "[]");
    OK(done.job.result());

    // Stopped as soon as there is a job: the error has its ticket.
    progress.phase = nitro::run_phase::upload;
    progress.stop_in = nitro::run_phase::submitted;
    const nitro::error_info err = FAILS(stopped, client.run(submission, on_run));
    CHECK_TEXT(err.ticket_json, progress.ticket);
    OK(OK(client.job_from_json(progress.ticket)).wait());
}

void run() {
    const nitro::client client = some_client();
    all_inputs(client);
    rejected_by_the_library(client);
    stopped(client);
    rejected_by_the_service(client);
    run_submission(client);
}

} // namespace submit_twin
TWIN(submit);
