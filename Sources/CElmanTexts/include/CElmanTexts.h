// The texts that ship with Elman, embedded so that a copied program still runs its demo. Sources and licences: see
// texts/LICENSES.txt.
#ifndef C_ELMAN_TEXTS_H
#define C_ELMAN_TEXTS_H

#include <stddef.h>

/// The bytes of an embedded text and their number; NULL for an index past the last.
const unsigned char *elman_text_bytes(int index, size_t *count);
/// Its name, as "shakespeare.txt" or "wordnet-gloss/train.txt".
const char *elman_text_name(int index);

#endif
