// What the forward and the backward half of the fused loss share.
#ifndef EK_LINEAR_LOSS_H
#define EK_LINEAR_LOSS_H

#include "kernels.h"

/// Column chunks of one task, and rows of one: tasks form a grid over the logits.
typedef struct {
    size_t chunk_count, chunks_per_task, chunk_tasks, rows_per_task, row_tasks;
} ek_loss_grid;

ek_loss_grid ek_make_loss_grid(const ek_linear_loss *call);

/// A copy of the call without the rows whose target is negative. Its logits use the first rows of the caller's.
typedef struct {
    ek_linear_loss call;
    size_t row_count;
    float *losses, *d_losses, *dx;
} ek_compact_loss;

int ek_loss_skips_rows(const ek_linear_loss *call);
ek_compact_loss ek_compact(const ek_linear_loss *call, size_t dx_rows_wide);

/// Logits of rows and columns first..<first + count, into `logits` (of which the pointer is that of the first element).
void ek_loss_logits(const ek_linear_loss *call, size_t first_row, size_t row_count, size_t first_column, size_t column_count,
                    float *logits, size_t logits_stride);

#endif
