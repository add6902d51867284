/*
 * pathpredictor: the way through an object, as earlier texts went.
 *
 * Events of one source look alike. What a walk (pathtree.h) looks at in one of them are values: some are
 * wanted, others skipped. What stands between two of them, keys and commas, an object that begins or ends, is
 * mostly what stood there before. So it is kept, as a step, with what it led to; where a text has the same
 * bytes they mean the same, and one comparison stands for reading them. Many a value is always the same, too;
 * then it is part of what is compared.
 *
 * Steps begin and end in places: an object of the tree in which certain children were found. That, and the
 * bytes, are all that their meaning depends on, so a place is left by as many steps as were ever seen there,
 * and each knows which came next the last times.
 *
 * Where that mostly was another step, as in objects whose keys have no order, a predictor costs more than it
 * brings: it rests for a while then.
 *
 * Owner: the tree, and its lock. Memory is bounded, whatever the texts are; without it nothing is learned.
 */
#ifndef LURE_JSON_PATHPREDICTOR_H
#define LURE_JSON_PATHPREDICTOR_H

#include "json/predictedstep.h"

#include <stdbool.h>

/* Walks over the object at `at` for all that the tree wants. False: that was not possible, and what was found
 * is not all; the text is broken, or unusual, or memory is out. */
bool pathpredictor_follow(struct pathpredictor *predictor, struct walk *walk, const char *at);

/* Forgets all: the tree has changed. */
void pathpredictor_clear(struct pathpredictor *predictor);

#endif
