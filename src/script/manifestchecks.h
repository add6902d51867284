/*
 * manifestchecks: checks of the manifest as a whole: keys that are required, that exclude or need each
 * other.
 */
#ifndef LURE_SCRIPT_MANIFESTCHECKS_H
#define LURE_SCRIPT_MANIFESTCHECKS_H

#include "script/manifest.h"

/* Adds to the manifest's findings what a host's loader would refuse, and what makes no sense. */
void manifest_check(struct manifest *manifest);

/* The lowest minor version of the plugin API 3 that has all that the script declares. */
unsigned manifest_lowest_minor(const struct manifest *manifest);

#endif
