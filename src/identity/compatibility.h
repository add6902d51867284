/*
 * compatibility: what of a script a host has learnt and keeps.
 *
 * Hosts ask once for a plugin's name, fields and the like, and look once which functions it
 * has, so none of that may change under them. What they only show (version, description,
 * contact, the texts of fields) may, and so may what they are never told: functions, paths,
 * batches, the properties of configuration and parameters, which are checked again.
 */
#ifndef LURE_IDENTITY_COMPATIBILITY_H
#define LURE_IDENTITY_COMPATIBILITY_H

#include "script/findings.h"
#include "script/manifest.h"

/* Adds to the findings of `now`, the changed script, what a host that was told of `was` would not notice. */
void compatibility_check(const struct manifest *was, struct manifest *now);

#endif
