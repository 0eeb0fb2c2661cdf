#include "CElmanTexts.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char shakespeare[] = {
#embed "texts/shakespeare.txt"
};
static const unsigned char licenses[] = {
#embed "texts/LICENSES.txt"
};
static const unsigned char gloss_train[] = {
#embed "texts/wordnet-gloss/train.txt"
};
static const unsigned char gloss_dev[] = {
#embed "texts/wordnet-gloss/dev.txt"
};
static const unsigned char gloss_test[] = {
#embed "texts/wordnet-gloss/test.txt"
};
static const unsigned char address_train[] = {
#embed "texts/address-tags/train.txt"
};
static const unsigned char address_dev[] = {
#embed "texts/address-tags/dev.txt"
};
static const unsigned char address_test[] = {
#embed "texts/address-tags/test.txt"
};
static const unsigned char verses_train[] = {
#embed "texts/verses/train.tsv"
};
static const unsigned char verses_dev[] = {
#embed "texts/verses/dev.tsv"
};
static const unsigned char verses_test[] = {
#embed "texts/verses/test.tsv"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} texts[] = {
    {"shakespeare.txt", shakespeare, sizeof shakespeare},
    {"LICENSES.txt", licenses, sizeof licenses},
    {"wordnet-gloss/train.txt", gloss_train, sizeof gloss_train},
    {"wordnet-gloss/dev.txt", gloss_dev, sizeof gloss_dev},
    {"wordnet-gloss/test.txt", gloss_test, sizeof gloss_test},
    {"address-tags/train.txt", address_train, sizeof address_train},
    {"address-tags/dev.txt", address_dev, sizeof address_dev},
    {"address-tags/test.txt", address_test, sizeof address_test},
    {"verses/train.tsv", verses_train, sizeof verses_train},
    {"verses/dev.tsv", verses_dev, sizeof verses_dev},
    {"verses/test.tsv", verses_test, sizeof verses_test},
};

enum { text_count = sizeof texts / sizeof texts[0] };

const unsigned char *elman_text_bytes(int index, size_t *count) {
    if (index < 0 || index >= text_count) return NULL;
    *count = texts[index].count;
    return texts[index].bytes;
}

const char *elman_text_name(int index) { return index >= 0 && index < text_count ? texts[index].name : NULL; }
