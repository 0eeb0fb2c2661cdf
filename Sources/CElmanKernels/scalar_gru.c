// Gated recurrent units, one row of a batch: the plain form, whose bits the vector levels reproduce.
#include "scalar.h"

#pragma clang fp contract(off)

#include "elementary.inc"

/// Reset after the product. gates: pre-activations r, z, the recurrent product u of the candidate, its input's part.
/// n = tanh(input's part + σ(r) u); out = n + σ(z) (h_prev - n). Gates out: σ(r), σ(z), u, n.
void ek_scalar_gru_after_forward(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float reset = sigmoid_of(gates[i]), update = sigmoid_of(gates[h + i]);
        float candidate = tanh_of(fused(reset, gates[2 * h + i], gates[3 * h + i]));
        gates[i] = reset, gates[h + i] = update, gates[3 * h + i] = candidate;
        row->out[i] = fused(update, row->h_prev[i] - candidate, candidate);
    }
}

/// in: the gradient of the result; out: += the gradient of h_prev by its direct way, or NULL. Gates out: gradients of the
/// pre-activations r, z, of u, and of the candidate's input's part.
void ek_scalar_gru_after_backward(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float reset = gates[i], update = gates[h + i], product = gates[2 * h + i], candidate = gates[3 * h + i];
        float dh = row->in[i], dn = dh * fused(-update, 1.0f, 1.0f) * fused(-candidate, candidate, 1.0f);
        gates[i] = dn * product * fused(-reset, reset, reset);
        gates[h + i] = dh * (row->h_prev[i] - candidate) * fused(-update, update, update);
        gates[2 * h + i] = dn * reset;
        gates[3 * h + i] = dn;
        if (row->out) row->out[i] = fused(dh, update, row->out[i]);
    }
}

/// Reset before the product, first half. gates: pre-activations r, z in, activations out; out = σ(r) h_prev.
void ek_scalar_gru_before_gates(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float reset = sigmoid_of(gates[i]);
        gates[i] = reset, gates[h + i] = sigmoid_of(gates[h + i]);
        row->out[i] = reset * row->h_prev[i];
    }
}

/// Second half. gates: the pre-activation of the candidate n behind σ(z), n out; out = h_prev + σ(z) (n - h_prev).
void ek_scalar_gru_before_forward(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float candidate = tanh_of(gates[2 * h + i]), h_prev = row->h_prev[i];
        gates[2 * h + i] = candidate;
        row->out[i] = fused(gates[h + i], candidate - h_prev, h_prev);
    }
}

/// in: the gradient of the result; out: += the gradient of h_prev by its direct way, or NULL. Gates out: gradients of the
/// pre-activations z and n; σ(r) stays.
void ek_scalar_gru_before_backward(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float update = gates[h + i], candidate = gates[2 * h + i], dh = row->in[i];
        gates[h + i] = dh * (candidate - row->h_prev[i]) * fused(-update, update, update);
        gates[2 * h + i] = dh * update * fused(-candidate, candidate, 1.0f);
        if (row->out) row->out[i] = fused(dh, fused(-update, 1.0f, 1.0f), row->out[i]);
    }
}

/// in: the gradient of σ(r) h_prev; out: += its part of the gradient of h_prev, or NULL. Gates out: the gradient of the
/// pre-activation r.
void ek_scalar_gru_before_backward_reset(const ek_gru_row *row) {
    size_t h = row->h_count;
    float *gates = row->gates;
    for (size_t i = 0; i < h; i++) {
        float reset = gates[i], d_product = row->in[i];
        gates[i] = d_product * row->h_prev[i] * fused(-reset, reset, reset);
        if (row->out) row->out[i] = fused(d_product, reset, row->out[i]);
    }
}
