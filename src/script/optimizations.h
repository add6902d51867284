/*
 * optimizations: the list of optimizations that init_config.lure.optimize can turn off.
 *
 * None of them changes a result: each avoids work or does it earlier. A user can turn them off, all or some,
 * to find the cause of an error. docs/performance.md describes each and what it gains (script/bench
 * --optimizations).
 */
#ifndef LURE_SCRIPT_OPTIMIZATIONS_H
#define LURE_SCRIPT_OPTIMIZATIONS_H

#include <stdbool.h>

/* X(name, what): a member of struct optimizations, and its name in `optimize`. */
#define OPTIMIZATIONS(X)                                                                                     \
    X(direct_evaluation, "side-effect-free functions are evaluated without entering the VM")                 \
    X(prefetch, "fields that the last event was asked for are answered together")                            \
    X(batch_prefetch, "fields are answered for up to 32 events of a batch at once")                          \
    X(simd, "a scan of JSON looks at 64 bytes at once")                                                      \
    X(path_predictor, "a scan of JSON follows the steps of earlier scans")                                   \
    X(block_allocator, "small blocks of Lua's memory are kept for the next of their size")                   \
    X(event_check, "a field of the event of the last call is answered before the plugin is entered")

struct optimizations {
#define OPTIMIZATION_MEMBER(name, what) bool name; /* what */
    OPTIMIZATIONS(OPTIMIZATION_MEMBER)
#undef OPTIMIZATION_MEMBER
};

#endif
