/* Included before libyaml's api.c, the only one of its files that allocates: its memory is that of
 * src/base/libraryheap.h. */
#include "base/libraryheap.h"

#include <stdlib.h>
#include <string.h>

#undef strdup
#define malloc  libraryheap_malloc
#define realloc libraryheap_realloc
#define free    libraryheap_free
#define strdup  libraryheap_strdup
