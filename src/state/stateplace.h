/*
 * stateplace: where a plugin state keeps what outlives it.
 *
 * Borrowed by cursors and kept values, which live shorter.
 */
#ifndef LURE_STATE_STATEPLACE_H
#define LURE_STATE_STATEPLACE_H

#include "state/slotfile.h"

struct state_place {
    const char *folder; /* statefolder.h; NULL: in memory only */
    const char *plugin; /* the plugin's name */
    struct teller teller;
    struct memory_budget *budget;
};

#endif
