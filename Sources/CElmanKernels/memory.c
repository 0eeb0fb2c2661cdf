// Address space for arenas, and scratch memory per thread.
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels.h"

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/// Large pages: an array that begins on one needs 512 times fewer entries in the translation buffers.
enum { LARGE_PAGE = 1 << 21 };

static void *map(void *address, size_t bytes, int flags) {
    flags |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *mapped = mmap(address, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapped == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= LARGE_PAGE) madvise(mapped, bytes, MADV_HUGEPAGE);
#endif
    return mapped;
}

void *ek_reserve(size_t bytes) {
    if (bytes < LARGE_PAGE) return map(NULL, bytes, 0);
    size_t page = (size_t)sysconf(_SC_PAGESIZE), length = ek_round_up(bytes, page);
    char *mapped = map(NULL, length + LARGE_PAGE, 0);
    if (!mapped) return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)mapped % LARGE_PAGE) % LARGE_PAGE;
    if (before) munmap(mapped, before);
    if (before < LARGE_PAGE) munmap(mapped + before + length, LARGE_PAGE - before);
    return mapped + before;
}

void ek_release(void *address, size_t bytes) {
    if (address) munmap(address, bytes);
}

void ek_discard(void *address, size_t bytes) {
    map(address, bytes, MAP_FIXED);  // reads as zeros on every system; MADV_DONTNEED does so only on Linux
}

void ek_discard_inside(void *address, size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ek_round_up((uintptr_t)address, page), last = ((uintptr_t)address + bytes) / page * page;
    if (last > first) ek_discard((void *)first, last - first);
}

typedef struct {
    void *address[EK_SCRATCH_COUNT];
    size_t bytes[EK_SCRATCH_COUNT];
} scratch_buffers;

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static _Thread_local scratch_buffers *scratch;

static void free_scratch(void *argument) {
    scratch_buffers *buffers = argument;
    for (int use = 0; use < EK_SCRATCH_COUNT; use++) ek_release(buffers->address[use], buffers->bytes[use]);
    free(buffers);
}

static void make_scratch_key(void) { pthread_key_create(&scratch_key, free_scratch); }

void *ek_scratch(int use, size_t bytes) {
    if (!scratch) {
        pthread_once(&scratch_once, make_scratch_key);
        scratch = calloc(1, sizeof *scratch);
        if (!scratch) abort();
        pthread_setspecific(scratch_key, scratch);
    }
    if (scratch->bytes[use] < bytes) {
        ek_release(scratch->address[use], scratch->bytes[use]);
        scratch->bytes[use] = ek_round_up(bytes + bytes / 4, 1 << 16);
        scratch->address[use] = ek_reserve(scratch->bytes[use]);
        if (!scratch->address[use]) abort();
    }
    return scratch->address[use];
}
