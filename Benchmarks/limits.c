/* What a processor can do at most: multiply-adds of single precision, and reading and writing memory, on some
   threads at once. Compiled and run by Benchmarks/limits; prints a line of JSON for each measurement. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
enum { lanes = 16 };
#elif defined(__AVX__)
enum { lanes = 8 };
#else
enum { lanes = 4 };
#endif
typedef float vector __attribute__((vector_size(lanes * sizeof(float))));

typedef enum { multiply_add, read_memory, triad } Kind;
typedef struct {
    Kind kind;
    size_t count; /* of vectors that a thread works on */
    long repeats;
    atomic_int *waiting;
    double seconds;
    vector result;
} Job;

/* Of the thread itself: what other programs take does not count. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

/* Twelve sums that do not wait for each other. */
static vector multiply_adds(long repeats) {
    vector sums[12], total = {0}, factor = {0}, addend = {0};
    factor += 0.999f;
    addend += 1e-6f;
    for (int k = 0; k < 12; k++) sums[k] = addend * (float)k;
    for (long repeat = 0; repeat < repeats; repeat++)
        for (int k = 0; k < 12; k++) sums[k] = sums[k] * factor + addend;
    for (int k = 0; k < 12; k++) total += sums[k];
    return total;
}

static vector sum(const vector *values, size_t count) {
    vector sums[8] = {{0}}, total = {0};
    for (size_t at = 0; at + 8 <= count; at += 8)
        for (int k = 0; k < 8; k++) sums[k] += values[at + k];
    for (int k = 0; k < 8; k++) total += sums[k];
    return total;
}

/* Reads two thirds and writes one. */
static void add_scaled(vector *values, size_t count) {
    size_t third = count / 3;
    for (size_t at = 0; at < third; at++) values[at] = values[third + at] + 1.0001f * values[2 * third + at];
}

static void *work(void *argument) {
    Job *job = argument;
    vector *values = NULL;
    if (job->kind != multiply_add) {
        if (posix_memalign((void **)&values, sizeof(vector), job->count * sizeof(vector))) exit(1);
        for (size_t at = 0; at < job->count; at++) values[at] = (vector){1e-3f};
    }
    atomic_fetch_sub(job->waiting, 1);
    while (atomic_load(job->waiting) > 0) {}
    double start = now();
    if (job->kind == multiply_add) job->result = multiply_adds(job->repeats);
    for (long repeat = 0; job->kind != multiply_add && repeat < job->repeats; repeat++) {
        if (job->kind == read_memory) job->result += sum(values, job->count);
        else add_scaled(values, job->count);
        __asm__ volatile("" ::: "memory");
    }
    job->seconds = now() - start;
    free(values);
    return NULL;
}

/* The seconds of the slowest thread, in the best of some tries. */
static double best(int threads, Kind kind, size_t count, long repeats) {
    double least = 1e9;
    for (int try = 0; try < 5; try++) {
        Job jobs[64];
        pthread_t ids[64];
        atomic_int waiting = threads;
        double most = 0;
        for (int t = 0; t < threads; t++) {
            jobs[t] = (Job){.kind = kind, .count = count, .repeats = repeats, .waiting = &waiting};
            if (pthread_create(&ids[t], NULL, work, &jobs[t])) exit(1);
        }
        for (int t = 0; t < threads; t++) {
            pthread_join(ids[t], NULL);
            if (jobs[t].seconds > most) most = jobs[t].seconds;
        }
        if (most < least) least = most;
    }
    return least;
}

/* The argument is the number of threads. */
int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1;
    if (threads < 1 || threads > 64) return fprintf(stderr, "give 1 to 64 threads\n"), 2;
    const size_t kilobytes[] = {16, 256, 2048, 16384, 262144};
    const long repeats = 10000000;
    double gigaflops = threads * repeats * 12.0 * 2 * lanes / best(threads, multiply_add, 0, repeats) / 1e9;
    printf("{\"what\": \"peak\", \"gigaflops\": %.1f}\n", gigaflops);
    for (Kind kind = read_memory; kind <= triad; kind++)
        for (int size = 0; size < 5; size++) {
            size_t bytes = kilobytes[size] * 1024;
            long passes = (long)(1.5e9 / bytes) + 1;
            double seconds = best(threads, kind, bytes / sizeof(vector), passes);
            printf("{\"what\": \"%s\", \"kilobytes\": %zu, \"gigabytes\": %.1f}\n", kind == triad ? "triad" : "read",
                   kilobytes[size], threads * (double)bytes * passes / seconds / 1e9);
        }
    return 0;
}
