/**
 * @file nitro_jobs.hpp
 * nitro_jobs in C++: all of include/nitro_jobs.h for C++11 and later, header-only, without dependencies.
 *
 * Licence: MIT or Apache-2.0.
 *
 * Conventions, which apply everywhere unless a comment says otherwise:
 *
 * - Handles (client, job, job_status, ...) are moved, not copied, and free what they own. Values (status_info, file_info,
 *   error_info, ...) can be copied.
 * - Errors are thrown as nitro::error or a class derived from it. Where the compiler has no exceptions, or with
 *   NITRO_NO_EXCEPTIONS, each call that can fail returns an outcome instead. nitro::attempt() returns an outcome in both
 *   modes.
 * - Strings are UTF-8 on every platform, paths included. A function whose name ends in _view (C++17) returns a reference
 *   into the handle; all others return copies.
 * - Durations are std::chrono. The last argument of a call, nitro::call, holds its cancel_token and its timeout.
 * - Callbacks run on the calling thread, during the call. A progress callback returns nothing, or false to stop. An
 *   exception that a callback throws is stored while C frames are on the stack, and the call rethrows it.
 * - Threads: the rules of the C header apply to each handle.
 */
#ifndef NITRO_JOBS_HPP
#define NITRO_JOBS_HPP

#include "nitro_jobs/call.hpp"
#include "nitro_jobs/callback.hpp"
#include "nitro_jobs/client.hpp"
#include "nitro_jobs/codes.hpp"
#include "nitro_jobs/error.hpp"
#include "nitro_jobs/events.hpp"
#include "nitro_jobs/job.hpp"
#include "nitro_jobs/options.hpp"
#include "nitro_jobs/outcome.hpp"
#include "nitro_jobs/result.hpp"
#include "nitro_jobs/status.hpp"
#include "nitro_jobs/submission.hpp"
#include "nitro_jobs/text.hpp"
#include "nitro_jobs/watch.hpp"

/** The namespace of the binding. */
namespace nitro {}

#endif
