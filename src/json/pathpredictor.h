/*
 * pathpredictor: predicts where the values of a tree of JSON Pointers (pathtree.h) are in the next text.
 *
 * Events of one source have the same shape: what stands between two values (keys, commas, brackets) is mostly
 * the same in each. The bytes between two values, and what they led to, are kept as a step. In the next text
 * one comparison with the bytes of the expected step replaces parsing them. A value that is always the same
 * becomes a part of the bytes that are compared.
 *
 * The predictor is an automaton, built from the texts so far. Its states are places: an object of the tree in
 * which certain children were found already. A step leads from place to place; its meaning depends on the
 * place and the bytes alone. Each step remembers which two steps followed it last.
 *
 * A misprediction costs more than it saves. Where they are frequent, as in objects whose keys have no order,
 * the predictor is not used for a number of scans that doubles each time (exponential back-off).
 *
 * Owner: the tree, and its lock. Memory is bounded, whatever the texts are; without memory nothing is
 * learned.
 */
#ifndef LURE_JSON_PATHPREDICTOR_H
#define LURE_JSON_PATHPREDICTOR_H

#include "json/predictedstep.h"

#include <stdbool.h>

/* Scans the object at `at` for all that the tree wants. False: no prediction was possible, or not to the end,
 * and what was found is not all: the text is broken, or unusual, or memory is out. */
bool pathpredictor_scan(struct pathpredictor *predictor, struct path_scan *scan, const char *at);

/* Forgets all: the tree has changed. */
void pathpredictor_clear(struct pathpredictor *predictor);

#endif
