// The thread pool: chunks are claimed from a counter, the caller works too, workers spin briefly and then sleep.
//
// `ticket` holds the job's number above and the next free chunk below. A worker reads the job's fields and then claims a
// chunk by compare-and-swap on the ticket it read first: success proves that the fields belonged to that job. A worker that
// wakes late therefore finds nothing to claim and touches nothing; the caller waits for claimed chunks alone.
#ifdef __linux__
#define _GNU_SOURCE  // sched_getaffinity
#endif
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "kernels.h"

enum { THREAD_LIMIT = 64, SPIN_NANOSECONDS = 60000, CHUNK_BITS = 32 };
static const uint64_t chunk_mask = 0xffffffff;  // as a chunk number: closed, nothing to claim

static struct {
    _Atomic uint64_t ticket;
    _Atomic(ek_chunk_function) body;
    _Atomic(void *) context;
    const ek_kernels *_Atomic level;  // the caller's own, or NULL
    _Atomic uint64_t chunks, done;
    atomic_bool busy;
    atomic_int threads, started, sleeping;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
} pool = {.ticket = 0xffffffff, .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static _Thread_local int inside;  // this thread is running a chunk

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int work_waits(uint64_t ticket) { return (ticket & chunk_mask) < atomic_load(&pool.chunks); }

/// Claims and runs chunks of the job in the pool until none is left.
static void run_chunks(void) {
    for (;;) {
        uint64_t ticket = atomic_load(&pool.ticket);
        ek_chunk_function body = atomic_load(&pool.body);
        void *context = atomic_load(&pool.context);
        const ek_kernels *level = atomic_load(&pool.level);
        if (!work_waits(ticket)) return;
        if (!atomic_compare_exchange_strong(&pool.ticket, &ticket, ticket + 1)) continue;
        inside = 1;
        ek_set_own_level(level);
        body(context, (size_t)(ticket & chunk_mask));
        inside = 0;
        atomic_fetch_add(&pool.done, 1);
    }
}

static void *work(void *argument) {
    int index = (int)(intptr_t)argument;
    for (;;) {
        uint64_t asleep_at = nanoseconds() + SPIN_NANOSECONDS;
        while (index < atomic_load(&pool.threads)) {
            for (int i = 0; i < 64 && !work_waits(atomic_load(&pool.ticket)); i++) pause_briefly();
            if (work_waits(atomic_load(&pool.ticket))) {
                run_chunks();
                asleep_at = nanoseconds() + SPIN_NANOSECONDS;
            } else if (nanoseconds() > asleep_at) {
                break;
            }
        }
        pthread_mutex_lock(&pool.mutex);
        atomic_fetch_add(&pool.sleeping, 1);
        while (index >= atomic_load(&pool.threads) || !work_waits(atomic_load(&pool.ticket)))
            pthread_cond_wait(&pool.wake, &pool.mutex);
        atomic_fetch_sub(&pool.sleeping, 1);
        pthread_mutex_unlock(&pool.mutex);
    }
    return NULL;
}

/// Starts the workers that are missing; called by the holder of `busy`.
static void start_workers(int threads) {
    for (int index = atomic_load(&pool.started) + 1; index < threads; index++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, (void *)(intptr_t)index) != 0) return;
        pthread_detach(thread);
        atomic_store(&pool.started, index);
    }
}

static void publish(size_t chunks, ek_chunk_function body, void *context) {
    uint64_t job = (atomic_load(&pool.ticket) >> CHUNK_BITS) + 1;
    atomic_store(&pool.ticket, job << CHUNK_BITS | chunk_mask);
    atomic_store(&pool.body, body);
    atomic_store(&pool.context, context);
    atomic_store(&pool.level, ek_own_level());
    atomic_store(&pool.done, 0);
    atomic_store(&pool.chunks, chunks);
    atomic_store(&pool.ticket, job << CHUNK_BITS);
    if (atomic_load(&pool.sleeping) > 0) {
        pthread_mutex_lock(&pool.mutex);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.mutex);
    }
}

void ek_parallel_for(size_t chunks, ek_chunk_function body, void *context) {
    int threads = ek_threads();
    if (inside || threads < 2 || chunks < 2 || chunks >= chunk_mask || atomic_exchange(&pool.busy, 1)) {
        for (size_t chunk = 0; chunk < chunks; chunk++) body(context, chunk);
        return;
    }
    start_workers(threads);
    publish(chunks, body, context);
    run_chunks();
    for (int i = 0; atomic_load(&pool.done) < chunks; i++) {
        if (i < 2000) pause_briefly();
        else sched_yield();  // the thread that holds the last chunk may need this core
    }
    atomic_store(&pool.busy, 0);
}

void ek_split(double cost, size_t chunks, ek_chunk_function body, void *context) {
    if (cost >= EK_SPLIT_COST) {
        ek_parallel_for(chunks, body, context);
    } else {
        for (size_t chunk = 0; chunk < chunks; chunk++) body(context, chunk);
    }
}

int ek_hardware_threads(void) {
#if defined(__linux__) && defined(CPU_COUNT)
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores) == 0) return CPU_COUNT(&cores);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

void ek_set_threads(int count) {
    atomic_store(&pool.threads, count < 1 ? 1 : count > THREAD_LIMIT ? THREAD_LIMIT : count);
}

int ek_threads(void) {
    int count = atomic_load(&pool.threads);
    if (count == 0) {
        ek_set_threads(ek_hardware_threads());
        count = atomic_load(&pool.threads);
    }
    return count;
}
