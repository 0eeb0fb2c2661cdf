// Everything but matrix products of the scalar level, and its table.
#include "scalar.h"

#pragma clang fp contract(off)

#include "elementary.inc"

#define EACH(n) for (size_t i = 0; i < (n); i++)

// MARK: Elementwise

static void scalar_exp(size_t n, const float *x, float *y) { EACH(n) y[i] = exp_of(x[i]); }
static void scalar_log(size_t n, const float *x, float *y) { EACH(n) y[i] = log_of(x[i]); }
static void scalar_tanh(size_t n, const float *x, float *y) { EACH(n) y[i] = tanh_of(x[i]); }
static void scalar_sigmoid(size_t n, const float *x, float *y) { EACH(n) y[i] = sigmoid_of(x[i]); }
static void scalar_add(size_t n, const float *a, const float *b, float *y) { EACH(n) y[i] = a[i] + b[i]; }
static void scalar_multiply(size_t n, const float *a, const float *b, float *y) { EACH(n) y[i] = a[i] * b[i]; }
static void scalar_accumulate(size_t n, const float *x, float *y) { EACH(n) y[i] += x[i]; }
static void scalar_scale_accumulate(size_t n, float s, const float *x, float *y) { EACH(n) y[i] = fused(s, x[i], y[i]); }
static void scalar_multiply_accumulate(size_t n, const float *a, const float *b, float *y) {
    EACH(n) y[i] = fused(a[i], b[i], y[i]);
}
static void scalar_tanh_gradient(size_t n, const float *y, const float *dy, float *dx) {
    EACH(n) dx[i] = fused(dy[i], fused(-y[i], y[i], 1.0f), dx[i]);
}
static void scalar_sigmoid_gradient(size_t n, const float *y, const float *dy, float *dx) {
    EACH(n) dx[i] = fused(dy[i], fused(-y[i], y[i], y[i]), dx[i]);
}

static double fold_doubles(const double lanes[16]) {
    double half[8], quarter[4];
    for (int i = 0; i < 8; i++) half[i] = lanes[i] + lanes[i + 8];
    for (int i = 0; i < 4; i++) quarter[i] = half[i] + half[i + 4];
    return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
}

static double scalar_sum(size_t n, const float *x) {
    double lanes[16] = {0};
    EACH(n) lanes[i % 16] += (double)x[i];
    return fold_doubles(lanes);
}

static double scalar_sum_squares(size_t n, const float *x) {
    double lanes[16] = {0};
    EACH(n) lanes[i % 16] += (double)x[i] * (double)x[i];  // the product is exact
    return fold_doubles(lanes);
}

static float scalar_dot(size_t n, const float *a, const float *b) {
    float lanes[16] = {0};
    EACH(n) lanes[i % 16] = fused(a[i], b[i], lanes[i % 16]);
    return fold_lanes(lanes);
}

static int scalar_all_finite(size_t n, const float *x) {
    int finite = 1;
    EACH(n) finite &= (bits(x[i]) & 0x7f800000u) != 0x7f800000u;
    return finite;
}

// MARK: Cells

static void scalar_lstm_forward(const ek_lstm_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    EACH(h) {
        float input = sigmoid_of(gates[i]), forget = sigmoid_of(gates[h + i] + row->forget_bias);
        float candidate = tanh_of(gates[2 * h + i]), output = sigmoid_of(gates[3 * h + i]);
        float c = fused(forget, row->c_prev[i], input * candidate);
        gates[i] = input, gates[h + i] = forget, gates[2 * h + i] = candidate, gates[3 * h + i] = output;
        row->c[i] = c;
        row->h[i] = output * tanh_of(c);
    }
}

static void scalar_lstm_backward(const ek_lstm_gradient_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    EACH(h) {
        float input = gates[i], forget = gates[h + i], candidate = gates[2 * h + i], output = gates[3 * h + i];
        float dh = row->dh[i], t = tanh_of(row->c[i]);
        float dc = fused(dh * output, fused(-t, t, 1.0f), row->dc ? row->dc[i] : 0.0f);
        gates[i] = dc * candidate * fused(-input, input, input);
        gates[h + i] = dc * row->c_prev[i] * fused(-forget, forget, forget);
        gates[2 * h + i] = dc * input * fused(-candidate, candidate, 1.0f);
        gates[3 * h + i] = dh * t * fused(-output, output, output);
        if (row->dc_prev) row->dc_prev[i] = fused(dc, forget, row->dc_prev[i]);
    }
}

// MARK: Softmax

static void scalar_chunk_sum(size_t n, const float *x, float *maximum, float *sum) {
    float top = -__builtin_inff(), lanes[16] = {0};
    EACH(n) top = x[i] > top ? x[i] : top;
    if (!(__builtin_fabsf(top) < __builtin_inff())) top = 0;
    EACH(n) lanes[i % 16] += exp_of(x[i] - top);
    *maximum = top;
    *sum = fold_lanes(lanes);
}

static void scalar_combine_sums(size_t m_count, size_t chunk_count, const float *maxima, const float *sums, float *out) {
    EACH(m_count) {
        float top = maxima[i], sum = 0;
        for (size_t c = 1; c < chunk_count; c++) top = maxima[c * m_count + i] > top ? maxima[c * m_count + i] : top;
        for (size_t c = 0; c < chunk_count; c++)
            sum = fused(sums[c * m_count + i], exp_of(maxima[c * m_count + i] - top), sum);
        out[i] = top + log_of(sum);
    }
}

static void scalar_softmax_row(size_t n, const float *x, float *y) {
    float top = -__builtin_inff(), total = 0;
    EACH(n) top = x[i] > top ? x[i] : top;
    if (!(__builtin_fabsf(top) < __builtin_inff())) top = 0;
    for (size_t first = 0; first < n; first += EK_LOSS_CHUNK) {
        size_t count = ek_minimum(EK_LOSS_CHUNK, n - first);
        float lanes[16] = {0};
        EACH(count) lanes[i % 16] += y[first + i] = exp_of(x[first + i] - top);
        total += fold_lanes(lanes);
    }
    EACH(n) y[i] *= 1.0f / total;
}

static void scalar_subtract(size_t n, const float *x, float shift, float *y) { EACH(n) y[i] = x[i] - shift; }
static void scalar_exp_scaled(size_t n, const float *x, float shift, float scale, float *y) {
    EACH(n) y[i] = exp_of(x[i] - shift) * scale;
}

// MARK: Trainers

/// Numbers below the smallest normal one become 0: arithmetic on denormal numbers is many times slower.
static float flushed(float x) { return __builtin_fabsf(x) < 1.17549435e-38f ? 0.0f : x; }

static void scalar_sgd(size_t n, float *p, const float *g, const ek_step *step) {
    EACH(n) p[i] = fused(-step->rate, g[i] * step->scale, p[i]);
}

static void scalar_momentum(size_t n, float *p, const float *g, float *v, const ek_step *step) {
    EACH(n) {
        v[i] = flushed(fused(step->beta1, v[i], -(step->rate * (g[i] * step->scale))));
        p[i] += v[i];
    }
}

static void scalar_adagrad(size_t n, float *p, const float *g, float *a, const ek_step *step) {
    EACH(n) {
        float gradient = g[i] * step->scale;
        a[i] = flushed(fused(gradient, gradient, a[i]));
        p[i] = p[i] - step->rate * gradient / __builtin_sqrtf(a[i] + step->epsilon);
    }
}

static void scalar_adadelta(size_t n, float *p, const float *g, float *a, float *d, const ek_step *step) {
    float rest = 1.0f - step->beta1;
    EACH(n) {
        float gradient = g[i] * step->scale;
        a[i] = flushed(fused(step->beta1, a[i], rest * gradient * gradient));
        float change = gradient * (__builtin_sqrtf(d[i] + step->epsilon) / __builtin_sqrtf(a[i] + step->epsilon));
        d[i] = flushed(fused(step->beta1, d[i], rest * change * change));
        p[i] = fused(-step->rate, change, p[i]);
    }
}

static void scalar_rmsprop(size_t n, float *p, const float *g, float *a, const ek_step *step) {
    float rest = 1.0f - step->beta1;
    EACH(n) {
        float gradient = g[i] * step->scale;
        a[i] = flushed(fused(step->beta1, a[i], rest * gradient * gradient));
        p[i] = p[i] - step->rate * gradient / __builtin_sqrtf(a[i] + step->epsilon);
    }
}

static void scalar_adam(size_t n, float *p, const float *g, float *m, float *v, float *v_max, const ek_step *step) {
    float rest1 = 1.0f - step->beta1, rest2 = 1.0f - step->beta2, keep = 1.0f - step->decay;
    EACH(n) {
        float gradient = g[i] * step->scale;
        m[i] = flushed(fused(step->beta1, m[i], rest1 * gradient));
        v[i] = flushed(fused(step->beta2, v[i], rest2 * gradient * gradient));
        float second = v[i];
        if (v_max) second = v_max[i] = second > v_max[i] ? second : v_max[i];
        p[i] = fused(p[i], keep, -(step->rate * m[i] / (__builtin_sqrtf(second) + step->epsilon)));
    }
}

const ek_kernels ek_scalar_kernels = {
    .name = "scalar",
    .row = ek_scalar_row, .row_half = ek_scalar_row_half, .quads = ek_scalar_quads,
    .scale_sums = ek_scalar_scale_sums,
    .gemm_nn = ek_scalar_gemm_nn, .gemm_nt = ek_scalar_gemm_nt, .gemm_dots = ek_scalar_gemm_dots, .gemm_tn = ek_scalar_gemm_tn,
    .gemm_blocked = ek_scalar_gemm_blocked, .transpose = ek_scalar_transpose,
    .sum_rows = ek_scalar_sum_rows,
    .exp = scalar_exp, .log = scalar_log, .tanh = scalar_tanh, .sigmoid = scalar_sigmoid,
    .add = scalar_add, .multiply = scalar_multiply, .accumulate = scalar_accumulate,
    .scale_accumulate = scalar_scale_accumulate, .multiply_accumulate = scalar_multiply_accumulate,
    .tanh_gradient = scalar_tanh_gradient, .sigmoid_gradient = scalar_sigmoid_gradient,
    .sum = scalar_sum, .sum_squares = scalar_sum_squares, .dot = scalar_dot, .all_finite = scalar_all_finite,
    .lstm_forward = scalar_lstm_forward, .lstm_backward = scalar_lstm_backward,
    .gru_after_forward = ek_scalar_gru_after_forward, .gru_after_backward = ek_scalar_gru_after_backward,
    .gru_before_gates = ek_scalar_gru_before_gates, .gru_before_forward = ek_scalar_gru_before_forward,
    .gru_before_backward = ek_scalar_gru_before_backward, .gru_before_backward_reset = ek_scalar_gru_before_backward_reset,
    .memory_write = ek_scalar_memory_write, .memory_write_backward = ek_scalar_memory_write_backward,
    .chunk_sum = scalar_chunk_sum, .combine_sums = scalar_combine_sums, .softmax_row = scalar_softmax_row,
    .subtract = scalar_subtract, .exp_scaled = scalar_exp_scaled,
    .sgd = scalar_sgd, .momentum = scalar_momentum, .adagrad = scalar_adagrad, .adadelta = scalar_adadelta,
    .rmsprop = scalar_rmsprop, .adam = scalar_adam,
};
