//! The service's responses, checked against schemas written from its OpenAPI.
#![allow(missing_docs)]

mod common;

use common::{PDF, assert_problem, assert_valid, call, done, result, send, start, status, target};
use nitro_emulator::{
    Clock, Completion, Dialect, Emulator, JobIdKey, Outcome, Presigned, RateLimit, Scenario, Shape,
    StreamMode,
};
use serde_json::{Value, json};

#[test]
fn every_shape_is_as_the_openapi_has_it() {
    let emulator = start();
    for (shape, definition) in [
        (Shape::File, "PlatformOperationFileResult"),
        (Shape::Delivered, "PlatformOperationFileResult"),
        (Shape::Files { n: 3 }, "PlatformOperationFilesResult"),
        (Shape::Text, "StringResultType"),
        (Shape::Tables, "TablesResultType"),
        (Shape::TextBoxes, "TextBoxResultType"),
        (Shape::TextBoxesQueries, "TextBoxQueryResultType"),
        (Shape::PiiBoxes, "PIIResultType"),
        (Shape::Properties, "PropertiesTypes"),
        (Shape::FormFields, "FormResultType"),
        (Shape::Fillable, "ExtractFillableFormDataResponse"),
    ] {
        for extra in [false, true] {
            let id = done(
                &emulator,
                Scenario::new().shape(shape.clone()).extra_fields(extra),
            );
            for reply in [status(&emulator, &id), result(&emulator, &id)] {
                assert_eq!(reply.status, 200);
                assert_valid("PlatformJobResultCompleted", &reply.json());
                assert_valid(definition, &reply.json()["result"]);
            }
        }
    }
    let id = done(&emulator, Scenario::new().shape(Shape::FillableUnwrapped));
    assert_valid("ExtractFillableFormDataResponse", &result(&emulator, &id).json());
}

#[test]
fn the_documented_examples_are_returned() {
    let emulator = start();
    let of =
        |shape| result(&emulator, &done(&emulator, Scenario::new().shape(shape))).json()["result"].clone();
    let pii = &of(Shape::PiiBoxes)["PIIBoxes"][0];
    assert_eq!(pii["ID"], "ccc05519-e71c-4226-bbff-72df3fb2d442");
    assert_eq!(
        (&pii["text"], &pii["textPiece"]),
        (&json!("10 Wall Street, NY 03183"), &json!("10 Wall Street"))
    );
    assert_eq!(
        (&pii["boundingBox"], &pii["confidence"]),
        (&json!([200, 100, 100, 20]), &json!(0.94))
    );
    let fields = of(Shape::FormFields);
    assert_eq!(
        (&fields["averageConfidence"], &fields["fields"][0]["confidence"]),
        (&json!(96.5), &json!(97.65))
    );
    assert_eq!(
        of(Shape::TextBoxes)["textBoxes"][0]["boundingBox"],
        json!([200, 100, 100, 20])
    );

    let id = emulator.create_job(Scenario::new().clock(Clock::Manual));
    let running = status(&emulator, &id).json();
    assert_eq!(
        running,
        json!({"jobID": id, "status": "running", "progress": 0.0})
    );
    assert_valid("AsyncJobResponse", &running);

    let failing = Scenario::new().failed("PDFIsPasswordProtected", "PDF is password protected");
    let failed = result(&emulator, &done(&emulator, failing)).json();
    assert_valid("JobResultFailedGeneric", &failed);
    assert_eq!(
        failed["error"],
        json!({"type": "PDFIsPasswordProtected", "title": "PDF is password protected"})
    );
    let canceled = result(
        &emulator,
        &done(&emulator, Scenario::new().outcome(Outcome::Canceled)),
    )
    .json();
    assert_valid("JobCanceledResponse", &canceled);

    let expected = json!({
        "type": "https://developers.gonitro.com/docs/build-nitro/errors#404-not-found",
        "title": "Not Found", "status": 404, "detail": "Resource not found", "instance": "/jobs/nope",
    });
    assert_eq!(result(&emulator, "nope").json(), expected);
}

#[test]
fn the_schemas_reject_invalid_documents() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/jobs.json")).unwrap();
    let rejects = |definition: &str, document: Value| {
        let mut schema = schema.clone();
        schema["$ref"] = format!("#/$defs/{definition}").into();
        !jsonschema::validator_for(&schema).unwrap().is_valid(&document)
    };
    assert!(rejects(
        "PlatformJobResultCompleted",
        json!({"jobID": "x", "status": "failed", "result": "text"})
    ));
    assert!(rejects(
        "PlatformJobResultCompleted",
        json!({"jobID": "x", "status": "completed", "result": {}})
    ));
    assert!(rejects("ErrorResponse", json!({"type": "x", "title": "y"})));
}

#[test]
fn a_result_is_404_while_the_job_runs_and_410_after_retention() {
    let emulator = start();
    let id = emulator.create_job(Scenario::new().clock(Clock::Manual).retention_ms(0u64));
    assert_problem(&result(&emulator, &id), 404, "404-not-found");
    emulator.set_progress(&id, 0.4);
    assert_eq!(status(&emulator, &id).json()["progress"], 0.4);
    emulator.finish(&id);
    assert_problem(&status(&emulator, &id), 410, "FileNoLongerAvailable");
    assert_problem(&result(&emulator, &id), 410, "FileNoLongerAvailable");

    let id = done(&emulator, Scenario::new().not_found_after_completed(2u32));
    let codes: Vec<u16> = (0..3).map(|_| result(&emulator, &id).status).collect();
    assert_eq!(codes, [404, 404, 200]);
    let lost = done(&emulator, Scenario::new().outcome(Outcome::Lost));
    assert_problem(&status(&emulator, &lost), 404, "404-not-found");
}

#[test]
fn completion_may_be_a_redirect() {
    let emulator = start();
    let id = done(&emulator, Scenario::new().completion(Completion::Redirect));
    let reply = status(&emulator, &id);
    assert_eq!(
        (reply.status, reply.json()),
        (302, json!({"status": "completed"}))
    );
    assert_eq!(
        reply.header("location"),
        Some(format!("{}/jobs/{id}", emulator.base_url()).as_str())
    );
}

#[test]
fn a_bad_or_expired_token_is_a_401() {
    let emulator = start();
    let id = done(&emulator, Scenario::new());
    let path = format!("GET /jobs/{id}");
    assert_problem(&send(&emulator, &path, &[], b""), 401, "401-unauthorized");
    assert_problem(
        &send(&emulator, &path, &[("Authorization", "Bearer wrong")], b""),
        401,
        "401-unauthorized",
    );
    emulator.expire_token();
    assert_problem(&result(&emulator, &id), 401, "401-unauthorized");
    emulator.set_token("another");
    assert_eq!(result(&emulator, &id).status, 200);
    let secret = br#"{"clientID":"emulator-client","clientSecret":"emulator-client-secret"}"#;
    let reply = send(&emulator, "POST /oauth/token", &[], secret);
    assert_eq!(
        reply.json(),
        json!({"accessToken": "another", "tokenType": "Bearer", "expiresIn": 86400})
    );
}

fn stream(emulator: &Emulator, id: &str, accept: &str) -> common::Reply {
    call(emulator, &format!("GET /jobs/{id}/status"), &[("Accept", accept)])
}

#[test]
fn the_dialects_are_exact() {
    let emulator = start();
    let short = Scenario::new().duration_ms(20u64).steps(2u32);
    let events = |scenario: Scenario| {
        let id = emulator.create_job(scenario);
        let reply = stream(&emulator, &id, "text/event-stream");
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        reply
            .text()
            .replace(&emulator.base_url(), "BASE")
            .replace(&id, "ID")
    };
    // By default what all clients follow: each ignores what it does not know.
    assert_eq!(
        events(short.clone()),
        "data: {\"event\":\"progress-update\",\"jobID\":\"ID\",\"progress\":0.0,\"status\":\"running\"}\n\n\
         data: {\"event\":\"progress-update\",\"jobID\":\"ID\",\"progress\":0.5,\"status\":\"running\"}\n\n\
         data: {\"event\":\"redirect\",\"jobID\":\"ID\",\"location\":\"BASE/jobs/ID\",\"status\":\"completed\"}\n\n"
    );
    assert!(events(short.clone().failed("ConversionFailed", "No")).ends_with(
        "data: {\"error\":{\"title\":\"No\",\"type\":\"ConversionFailed\"},\"event\":\"redirect\",\"jobID\":\"ID\",\
         \"location\":\"BASE/jobs/ID\",\"status\":\"failed\"}\n\n"
    ));
    assert!(
        events(short.clone().other_job_id("another".to_owned())).contains("\"jobID\":\"another\""),
        "a job of another id can be had"
    );
    let in_data = short.clone().dialect(Dialect::EventInData);
    assert_eq!(
        events(in_data.clone()),
        "data: {\"event\":\"status-update\",\"status\":\"running\"}\n\n\
         data: {\"event\":\"progress-update\",\"progress\":0.0,\"status\":\"running\"}\n\n\
         data: {\"event\":\"progress-update\",\"progress\":0.5,\"status\":\"running\"}\n\n\
         data: {\"event\":\"status-update\",\"status\":\"completed\"}\n\n\
         data: {\"event\":\"redirect\",\"location\":\"BASE/jobs/ID\",\"status\":\"completed\"}\n\n"
    );
    assert!(
        events(in_data.stream(StreamMode::StatusUpdateOnly))
            .ends_with("data: {\"event\":\"status-update\",\"status\":\"completed\"}\n\n")
    );
    let named = short
        .clone()
        .dialect(Dialect::Named)
        .event_ids(true)
        .retry_ms(250u64);
    assert_eq!(
        events(named.failed("ConversionFailed", "No")),
        "retry: 250\n\n\
         id: 1\nevent: progress-update\ndata: {\"jobID\":\"ID\",\"progress\":0.0,\"status\":\"running\"}\n\n\
         id: 2\nevent: progress-update\ndata: {\"jobID\":\"ID\",\"progress\":0.5,\"status\":\"running\"}\n\n\
         id: 3\nevent: job-failed\ndata: {\"error\":{\"title\":\"No\",\"type\":\"ConversionFailed\"},\
         \"jobID\":\"ID\",\"status\":\"failed\"}\n\n"
    );
    let message = short
        .dialect(Dialect::Message)
        .outcome(Outcome::Failed)
        .job_id_key(JobIdKey::JobId);
    assert_eq!(
        events(message.clone()),
        "data: {\"jobId\":\"ID\",\"progress\":0.0,\"status\":\"running\"}\n\n\
         data: {\"jobId\":\"ID\",\"progress\":0.5,\"status\":\"running\"}\n\n\
         data: {\"jobId\":\"ID\",\"location\":\"BASE/jobs/ID\",\"status\":\"failed\"}\n\n"
    );
    assert_eq!(
        events(message.stream(StreamMode::EndEarly(1))),
        "data: {\"jobId\":\"ID\",\"progress\":0.0,\"status\":\"running\"}\n\n"
    );
}

#[test]
fn both_stream_types_are_accepted_and_can_be_rejected() {
    let emulator = start();
    let id = done(&emulator, Scenario::new());
    let reply = stream(&emulator, &id, "application/event-stream");
    assert_eq!(reply.header("content-type"), Some("application/event-stream"));
    let id = done(&emulator, Scenario::new().stream(StreamMode::Json));
    assert_valid(
        "PlatformJobResultCompleted",
        &stream(&emulator, &id, "text/event-stream").json(),
    );
    let id = done(
        &emulator,
        Scenario::new().stream(StreamMode::Refuse(406)).stream_times(1u32),
    );
    assert_problem(&stream(&emulator, &id, "text/event-stream"), 406, "406");
    assert!(
        stream(&emulator, &id, "text/event-stream")
            .text()
            .contains("redirect")
    );
}

#[test]
fn a_presigned_url_rejects_a_bearer_supports_ranges_and_expires() {
    let emulator = start();
    let presigned = Presigned {
        uses: Some(3),
        ..Presigned::default()
    };
    let id = done(
        &emulator,
        Scenario::new()
            .presigned(presigned)
            .file_names(vec!["a/b \"ü\".pdf".to_owned()]),
    );
    let document = result(&emulator, &id).json();
    let url = document["result"]["file"]["URL"].as_str().unwrap();
    let get = format!("GET {}", target(url));
    let output = emulator.output_of(&id).remove(0);
    assert_eq!(
        document["result"]["file"]["metadata"]["fileSizeBytes"],
        output.len()
    );

    let rejected = call(&emulator, &get, &[]);
    assert_eq!(
        (rejected.status, rejected.header("content-type")),
        (400, Some("application/xml"))
    );
    assert!(rejected.text().contains("<Code>InvalidArgument</Code>"));

    let whole = send(&emulator, &get, &[], b"");
    assert_eq!((whole.status, &whole.body), (200, &output));
    let etag = whole.header("etag").unwrap();
    let part = send(&emulator, &get, &[("Range", "bytes=5-"), ("If-Range", etag)], b"");
    assert_eq!((part.status, part.body.as_slice()), (206, &output[5..]));
    let beyond = send(&emulator, &get, &[("Range", "bytes=99999-")], b"");
    assert_eq!(beyond.status, 416);
    assert_eq!(send(&emulator, &get, &[], b"").status, 403);
    let tampered = get.replace("X-Amz-Signature=", "X-Amz-Signature=0");
    assert!(
        send(&emulator, &tampered, &[], b"")
            .text()
            .contains("SignatureDoesNotMatch")
    );
}

#[test]
fn bytes_are_the_file_itself_or_a_zip() {
    let emulator = start();
    let bytes = [("Accept", "application/octet-stream")];
    let id = done(&emulator, Scenario::new());
    let reply = call(&emulator, &format!("GET /jobs/{id}"), &bytes);
    assert_eq!(
        (reply.header("content-type"), &reply.body),
        (Some(PDF), &emulator.output_of(&id)[0])
    );
    let id = done(&emulator, Scenario::new().shape(Shape::Files { n: 2 }));
    let reply = call(&emulator, &format!("GET /jobs/{id}"), &bytes);
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    assert!(reply.body.starts_with(b"PK"));
    let id = done(&emulator, Scenario::new().shape(Shape::Text));
    assert_valid(
        "PlatformJobResultCompleted",
        &call(&emulator, &format!("GET /jobs/{id}"), &bytes).json(),
    );
}

#[test]
fn the_first_responses_can_be_errors() {
    let emulator = start();
    let scenario = Scenario::new().rate_limit(RateLimit {
        retry_after: 0.5,
        ..RateLimit::default()
    });
    let id = emulator.create_job(Scenario {
        duration_ms: 0,
        ..scenario.status_codes(vec![503u16])
    });
    let limited = status(&emulator, &id);
    assert_problem(&limited, 429, "RateLimitExceeded");
    assert_eq!(
        (limited.header("retry-after"), &limited.json()["extensions"]),
        (Some("0.5"), &json!({"retry_after": 0.5}))
    );
    assert_problem(&status(&emulator, &id), 503, "503");
    assert_eq!(status(&emulator, &id).status, 200);
}

#[test]
fn the_control_endpoints_do_what_the_library_does() {
    let emulator = start();
    let post = |path: &str, body: &str| {
        send(
            &emulator,
            &format!("POST /_emulator/{path}"),
            &[],
            body.as_bytes(),
        )
    };
    let id = post("jobs", r#"{"clock":"manual"}"#).json()["jobID"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(post(&format!("progress/{id}"), "0.25").status, 204);
    assert_eq!(status(&emulator, &id).json()["progress"], 0.25);
    assert_eq!(post(&format!("finish/{id}"), "").status, 204);
    assert_eq!(status(&emulator, &id).json()["status"], "completed");
    assert_eq!(post("jobs", r#"{"no_such_field":1}"#).status, 400);
    assert_eq!(post("faults", r#"{"at":9,"action":"cut"}"#).status, 204);
    assert_eq!(common::raw(&emulator, "GET /_emulator/stats", &[], b"").len(), 9);
    assert_eq!(post("faults", r#"{"all":null}"#).status, 204);
    let seen = send(&emulator, "GET /_emulator/requests", &[], b"").json();
    assert_eq!(seen[0]["path"], format!("/jobs/{id}/status"));
    assert!(
        send(&emulator, "GET /_emulator/stats", &[], b"").json()["connections"]
            .as_u64()
            .unwrap()
            > 5
    );
}
