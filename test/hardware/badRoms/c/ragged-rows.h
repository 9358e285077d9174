#include <stdint.h>
#define SOME_WIDTH 72
#define SOME_LENGTH 2
static const uint8_t some[SOME_LENGTH][9] = {
    {1,2,3,4,5,6,7,8,9},
    {1,2,3,4,5,6,7,8},
};
