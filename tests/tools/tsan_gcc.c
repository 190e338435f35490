/* Rust's instrumented code calls these by LLVM's names; gcc's runtime has only the functions that it intercepts itself. */
#include <string.h>

#ifdef __cplusplus /* As which g++ takes it. */
extern "C" {
#endif

void *__tsan_memcpy(void *to, const void *from, size_t length);
void *__tsan_memmove(void *to, const void *from, size_t length);
void *__tsan_memset(void *to, int byte, size_t length);

void *__tsan_memcpy(void *to, const void *from, size_t length) { return memcpy(to, from, length); }
void *__tsan_memmove(void *to, const void *from, size_t length) { return memmove(to, from, length); }
void *__tsan_memset(void *to, int byte, size_t length) { return memset(to, byte, length); }

#ifdef __cplusplus
}
#endif
