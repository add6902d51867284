/* leaving: a function of the host's that does not return to the plugin. */
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Stands for any function of the host's that a plugin calls. */
void leave(void);

/* True if `leave` has ended the call. */
bool is_left(void (*call)(void), bool by_throw);

#ifdef __cplusplus
}
#endif
