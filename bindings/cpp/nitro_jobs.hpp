/**
 * @file nitro_jobs.hpp
 * nitro_jobs in C++: all of include/nitro_jobs.h for C++11 and later, header-only, without any dependency.
 *
 * Licence: MIT or Apache-2.0.
 *
 * Conventions, which hold for everything unless its comment says otherwise:
 *
 * - Handles (client, job, job_status, ...) are moved, not copied, and free what they have. Values (status_info, file_info,
 *   error_info, ...) are copied as you like.
 * - Failures are thrown: nitro::error and its kin. Where the compiler has no exceptions, or with NITRO_NO_EXCEPTIONS, each
 *   call that can fail returns an outcome instead. nitro::attempt() makes an outcome of a call in either form.
 * - Texts are UTF-8 on every platform, paths included. A function that ends in _view (C++17) lends; all others give copies.
 * - Times are std::chrono. What bounds a call, a cancel_token and a time limit, is its last argument: nitro::call.
 * - Callables run on the calling thread, during the call. A progress returns nothing, or false to stop. What a callable
 *   throws is carried past the frames of C and comes out of the call.
 * - Threads: as the C header has it for each handle.
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

/** All of the binding. */
namespace nitro {}

#endif
