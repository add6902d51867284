/*
 * compatibility: checks before a hot reload that the changed script declares what the host already knows.
 *
 * Hosts ask once for a plugin's name and fields, and look up its exported functions once, so a reload cannot
 * change these. It may change what hosts only display (version, description, contact, texts of fields), and
 * what they never learn: functions, paths, batch limits, and the properties of configuration and parameters,
 * which are checked again.
 */
#ifndef LURE_IDENTITY_COMPATIBILITY_H
#define LURE_IDENTITY_COMPATIBILITY_H

#include "script/findings.h"
#include "script/manifest.h"

/* Adds to the findings of `now`, the changed script, each difference to `was` that a host would not learn of.
 */
void compatibility_check(const struct manifest *was, struct manifest *now);

#endif
