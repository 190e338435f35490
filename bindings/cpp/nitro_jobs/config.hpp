/** @file
 * What the compiler can do, and which of the two forms of the binding it gets. */
#ifndef NITRO_JOBS_CONFIG_HPP
#define NITRO_JOBS_CONFIG_HPP

/**
 * @def NITRO_HPP_STANDARD
 * The C++ standard that is compiled for.
 */
#if defined(_MSVC_LANG)
#define NITRO_HPP_STANDARD _MSVC_LANG
#else
#define NITRO_HPP_STANDARD __cplusplus
#endif

#if NITRO_HPP_STANDARD < 201103L
#error "nitro_jobs.hpp needs C++11 or later"
#endif

/**
 * @def NITRO_HPP_EXCEPTIONS
 * 1 if failures are thrown, 0 if they are returned. Follows the compiler, or define NITRO_NO_EXCEPTIONS to have them returned.
 */
#if !defined(NITRO_NO_EXCEPTIONS) && (defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND))
#define NITRO_HPP_EXCEPTIONS 1
#else
#define NITRO_HPP_EXCEPTIONS 0
#endif

/**
 * @def NITRO_HPP_MODE
 * The inline namespace of everything: a program may hold files of both forms, and the linker never takes one for the other.
 */
#if NITRO_HPP_EXCEPTIONS
#define NITRO_HPP_MODE throwing
#else
#define NITRO_HPP_MODE returning
#endif

/**
 * @def NITRO_HPP_LENDS
 * 1 where std::string_view is, and with it the functions that lend text.
 */
/**
 * @def NITRO_HPP_NODISCARD
 * Marks what may not be ignored.
 */
#if NITRO_HPP_STANDARD >= 201703L
#define NITRO_HPP_LENDS 1
#define NITRO_HPP_NODISCARD [[nodiscard]]
#else
#define NITRO_HPP_LENDS 0
#define NITRO_HPP_NODISCARD
#endif

#endif
