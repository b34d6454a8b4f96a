/* Arenas: bump allocation in blocks that double, freed or reset as a whole. Nothing is freed singly.
 * Reset poisons the memory so that AddressSanitizer sees use after reset. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, FIRST_BLOCK = 16 * 1024 };
static const size_t MAX_BLOCK = 4u << 20;
static const size_t DEFAULT_LIMIT = (size_t)1 << 30;

typedef struct Block Block;
struct Block {
    Block *older;  /* the block before this one */
    size_t size;   /* bytes of data after the header */
    size_t used;   /* bytes handed out */
    size_t unused; /* keeps the header a multiple of 16 */
};
_Static_assert(sizeof(Block) % ALIGN == 0, "data after the header stays aligned");

struct Arena {
    Block *top;        /* the block being filled */
    size_t soft_limit; /* past it arena_full() is true */
    size_t total;      /* bytes handed out since the last reset */
};

static char *block_data(Block *b) { return (char *)(b + 1); }

static size_t rounded(size_t n) { return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1); }

static Block *block_new(Block *older, size_t size) {
    Block *b = malloc(sizeof *b + size);
    if (!b) {
        fputs("yichuang: out of memory\n", stderr);
        abort();
    }
    *b = (Block){.older = older, .size = size};
    POISON(block_data(b), size);
    return b;
}

Arena *arena_new(size_t soft_limit) { return arena_sized(FIRST_BLOCK, soft_limit); }

Arena *arena_sized(size_t first_block, size_t soft_limit) {
    assert(first_block < SIZE_MAX / 4);
    Arena *a = malloc(sizeof *a);
    if (!a) {
        fputs("yichuang: out of memory\n", stderr);
        abort();
    }
    *a = (Arena){.top = block_new(NULL, first_block ? rounded(first_block) : FIRST_BLOCK), .soft_limit = soft_limit ? soft_limit : DEFAULT_LIMIT};
    return a;
}

static void drop_block(Block *b) {
    UNPOISON(block_data(b), b->size);
    free(b);
}

void arena_free(Arena *a) {
    if (!a) return;
    for (Block *b = a->top, *older; b; b = older) {
        older = b->older;
        drop_block(b);
    }
    free(a);
}

void arena_reset(Arena *a) {
    assert(a);
    while (a->top->older) {
        Block *b = a->top;
        a->top = b->older;
        drop_block(b);
    }
    a->top->used = 0;
    a->total = 0;
    POISON(block_data(a->top), a->top->size);
}

static void add_block(Arena *a, size_t at_least) {
    size_t size = a->top->size * 2;
    if (size > MAX_BLOCK) size = MAX_BLOCK;
    if (size < at_least) size = at_least;
    a->top = block_new(a->top, size);
}

void *arena_alloc(Arena *a, size_t n) {
    assert(a);
    assert(n < SIZE_MAX / 4);
    size_t need = rounded(n ? n : 1);
    a->total += need;
    if (a->total / 4 > a->soft_limit) {
        fputs("yichuang: an arena passed four times its limit\n", stderr);
        abort();
    }
    if (a->top->size - a->top->used < need) add_block(a, need);
    void *p = block_data(a->top) + a->top->used;
    a->top->used += need;
    UNPOISON(p, n ? n : 1);
    return p;
}

void *arena_zero(Arena *a, size_t n) { return memset(arena_alloc(a, n), 0, n ? n : 1); }

void *arena_grow(Arena *a, void *p, size_t old_n, size_t new_n) {
    assert(new_n >= old_n);
    Block *b = a->top;
    size_t had = rounded(old_n ? old_n : 1), need = rounded(new_n ? new_n : 1);
    bool is_last = p && (char *)p + had == block_data(b) + b->used;
    if (is_last && b->used - had + need <= b->size) {
        b->used += need - had;
        a->total += need - had;
        UNPOISON(p, new_n);
        return p;
    }
    void *q = arena_alloc(a, new_n);
    if (old_n) memcpy(q, p, old_n);
    return q;
}

bool arena_full(const Arena *a) { return a->total > a->soft_limit; }

size_t arena_used(const Arena *a) { return a->total; }
