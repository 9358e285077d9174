#include <stdint.h>
#define SOME_WIDTH 12
#define SOME_LENGTH 2
static const int16_t some[SOME_LENGTH] = {
    -2048,
    -2049,
};
