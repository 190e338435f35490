/** @file
 * The features of the compiler, and which of the two modes of the binding is used. */
#ifndef NITRO_JOBS_CONFIG_HPP
#define NITRO_JOBS_CONFIG_HPP

/**
 * @def NITRO_HPP_STANDARD
 * The C++ standard in use.
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
 * 1 if errors are thrown, 0 if they are returned. Follows the compiler; define NITRO_NO_EXCEPTIONS to have them returned.
 */
#if !defined(NITRO_NO_EXCEPTIONS) && (defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND))
#define NITRO_HPP_EXCEPTIONS 1
#else
#define NITRO_HPP_EXCEPTIONS 0
#endif

/**
 * @def NITRO_HPP_MODE
 * The inline namespace of everything, so that a program may contain files of both modes without conflicts in the linker.
 */
#if NITRO_HPP_EXCEPTIONS
#define NITRO_HPP_MODE throwing
#else
#define NITRO_HPP_MODE returning
#endif

/**
 * @def NITRO_HPP_LENDS
 * 1 if std::string_view exists, and with it the functions that return views.
 */
/**
 * @def NITRO_HPP_NODISCARD
 * Marks return values that must not be ignored.
 */
#if NITRO_HPP_STANDARD >= 201703L
#define NITRO_HPP_LENDS 1
#define NITRO_HPP_NODISCARD [[nodiscard]]
#else
#define NITRO_HPP_LENDS 0
#define NITRO_HPP_NODISCARD
#endif

#endif
