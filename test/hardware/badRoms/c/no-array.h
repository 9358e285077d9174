#include <stdint.h>
#define SOME_WIDTH 12
