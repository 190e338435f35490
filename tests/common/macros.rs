//! Macros of well-known headers whose names are not reserved: ours must compile behind them.

/// As they are defined by, in this order: AssertMacros.h of macOS and Unreal Engine, windows.h, Xlib.h, Qt, sys/sysmacros.h,
/// the debug heap of Visual C++, and the compiler in its default mode. Each argument is discarded, so that a name of ours that
/// takes the place of the macro cannot compile.
pub const WELL_KNOWN: &str = "
#define check(x) @check
#define verify(x) @verify
#define require(x) @require
#define check_noerr(x) @check_noerr
#define ensure(x) @ensure
#define checkf(x, ...) @checkf
#define TEXT(x) @TEXT
#define PI (3.1415926535897932f)

#undef min
#undef max
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define ERROR 0
#define NO_ERROR 0L
#define DELETE (0x00010000L)
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define TRUE 1
#define FALSE 0
#define STRICT 1
#define small char
#define hyper double
#define interface struct
#define near
#define far
#define pascal __stdcall
#define cdecl __cdecl
#define Yield()
#define GetJob GetJobW
#define SetJob SetJobW
#define GetMessage GetMessageW
#define GetObject GetObjectW
#define DeleteFile DeleteFileW
#define CreateFile CreateFileW

#define None 0L
#define Status int
#define Bool int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define Complex 0
#define Expose 12
#define CurrentTime 0L

#define signals public
#define slots
#define emit
#define foreach(variable, container) for (variable : container)
#define forever for (;;)

#undef major
#undef minor
#define major(device) @major
#define minor(device) @minor

#define malloc(size) @malloc
#define calloc(count, size) @calloc
#define realloc(block, size) @realloc
#define free(block) @free
#define strdup(text) @strdup

#undef linux
#undef unix
#define linux 1
#define unix 1
";
