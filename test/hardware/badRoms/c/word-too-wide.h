#include <stdint.h>
#define SOME_WIDTH 12
#define SOME_LENGTH 2
static const uint16_t some[SOME_LENGTH] = {
    0x001U,
    0x1002U,
};
