#include "packed_levels.h"

#if !defined(__AVX512VBMI__) && (defined(__AVX2__) || defined(__aarch64__) || defined(__wasm_simd128__))

#if defined(__AVX2__)
// GCC 12 takes the undefined operands inside its own AVX-512 intrinsics for uninitialised variables (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#include <wasm_simd128.h>
#endif

// Products with bit planes by look-up in tables of 16 bytes, as packed_planes_vbmi.cc does it in tables of 128: four rows
// of a column select one of the 16 sums of a subset. Ternary: the positive subset minus the negative one; binary: twice
// the positive subset minus the sum of all.
//
// A table's entry is the subset's sum minus the least of the 16, which is below 2^19 whatever the signs of the rows, in
// digits of 6, 6 and 7 bits. So four entries of a low digit, or two of the high one, add up in a byte, and only then do
// the sums need 16 bits.
//
// Codes: blocks of columns, [block][16 rows][2 times 8 rows][bytes of the block]. Ternary: byte 2j has column j's positive
// bits, byte 2j + 1 its negative ones. Binary: byte 2j is column j, byte 2j + 1 column kWords + j.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

/** Loops over registers: an index that stays a variable would force them into memory. */
#if defined(__clang__)
#define TRITLOOM_UNROLL _Pragma("unroll")
#else
#define TRITLOOM_UNROLL _Pragma("GCC unroll 8")
#endif

constexpr std::size_t kBytes = kLanes * 4;
constexpr std::size_t kWords = kBytes / 2;
constexpr std::size_t kStepRows = 16;
/** Tables of four rows each. */
constexpr std::size_t kTables = kStepRows / 4;
constexpr std::size_t kEntries = 16;
constexpr std::size_t kLowBits = 6;
/** [digit][four rows][entry] of a step. */
constexpr std::size_t kDigitTables = kTables * kEntries;
constexpr std::size_t kStepTables = kDigits * kDigitTables;
/** Steps whose sums fit 16 bits with a sign: the high digit adds at most 4 * 127 in each. */
constexpr std::size_t kMostSteps = 64;
/** Four of these stay below 2^19. */
constexpr float kMost = 131071.0f;

typedef std::uint8_t Bytes __attribute__((vector_size(kBytes)));
typedef std::uint16_t Words __attribute__((vector_size(kBytes)));
typedef std::int16_t HalfWords __attribute__((vector_size(kLanes * sizeof(std::int16_t))));

template <typename To, typename From>
TRITLOOM_INLINE To as(From value) {
  static_assert(sizeof(To) == sizeof(From), "the same bits under another type");
  To result;
  __builtin_memcpy(&result, &value, sizeof result);
  return result;
}

TRITLOOM_INLINE Bytes loadBytes(const std::uint8_t* from) {
  Bytes value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

// In each 16 bytes of a register: loadTable repeats a table, spread repeats one of four integers, and packWords and
// packBytes put the narrowed elements of `low` before those of `high`.
#if defined(__AVX512BW__)
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) {
  return as<Bytes>(_mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return as<Bytes>(_mm512_shuffle_epi8(as<__m512i>(table), as<__m512i>(nibbles)));
}
template <int kRow>
TRITLOOM_INLINE IntVec spread(IntVec rows) {
  return as<IntVec>(_mm512_shuffle_epi32(as<__m512i>(rows), static_cast<_MM_PERM_ENUM>(kRow * 0x55)));
}
TRITLOOM_INLINE Words packWords(IntVec low, IntVec high) {
  return as<Words>(_mm512_packus_epi32(as<__m512i>(low), as<__m512i>(high)));
}
TRITLOOM_INLINE Bytes packBytes(Words low, Words high) {
  return as<Bytes>(_mm512_packus_epi16(as<__m512i>(low), as<__m512i>(high)));
}
TRITLOOM_INLINE Words differences(Bytes entries) {
  return as<Words>(_mm512_maddubs_epi16(as<__m512i>(entries), _mm512_set1_epi16(static_cast<short>(0xff01))));
}
#elif defined(__AVX2__)
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) {
  return as<Bytes>(_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return as<Bytes>(_mm256_shuffle_epi8(as<__m256i>(table), as<__m256i>(nibbles)));
}
template <int kRow>
TRITLOOM_INLINE IntVec spread(IntVec rows) {
  return as<IntVec>(_mm256_shuffle_epi32(as<__m256i>(rows), kRow * 0x55));
}
TRITLOOM_INLINE Words packWords(IntVec low, IntVec high) {
  return as<Words>(_mm256_packus_epi32(as<__m256i>(low), as<__m256i>(high)));
}
TRITLOOM_INLINE Bytes packBytes(Words low, Words high) {
  return as<Bytes>(_mm256_packus_epi16(as<__m256i>(low), as<__m256i>(high)));
}
TRITLOOM_INLINE Words differences(Bytes entries) {
  return as<Words>(_mm256_maddubs_epi16(as<__m256i>(entries), _mm256_set1_epi16(static_cast<short>(0xff01))));
}
#elif defined(__aarch64__)
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) { return loadBytes(from); }
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return as<Bytes>(vqtbl1q_u8(as<uint8x16_t>(table), as<uint8x16_t>(nibbles)));
}
template <int kRow>
TRITLOOM_INLINE IntVec spread(IntVec rows) {
  return as<IntVec>(vdupq_laneq_s32(as<int32x4_t>(rows), kRow));
}
TRITLOOM_INLINE Words packWords(IntVec low, IntVec high) {
  return as<Words>(vcombine_u16(vqmovun_s32(as<int32x4_t>(low)), vqmovun_s32(as<int32x4_t>(high))));
}
TRITLOOM_INLINE Bytes packBytes(Words low, Words high) {
  return as<Bytes>(vcombine_u8(vqmovn_u16(as<uint16x8_t>(low)), vqmovn_u16(as<uint16x8_t>(high))));
}
#else
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) { return loadBytes(from); }
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return as<Bytes>(wasm_i8x16_swizzle(as<v128_t>(table), as<v128_t>(nibbles)));
}
template <int kRow>
TRITLOOM_INLINE IntVec spread(IntVec rows) {
  return as<IntVec>(wasm_i32x4_shuffle(as<v128_t>(rows), as<v128_t>(rows), kRow, kRow, kRow, kRow));
}
TRITLOOM_INLINE Words packWords(IntVec low, IntVec high) {
  return as<Words>(wasm_u16x8_narrow_i32x4(as<v128_t>(low), as<v128_t>(high)));
}
TRITLOOM_INLINE Bytes packBytes(Words low, Words high) {
  return as<Bytes>(wasm_u8x16_narrow_i16x8(as<v128_t>(low), as<v128_t>(high)));
}
#endif

std::size_t stepsOf(std::size_t rows) { return (rows + kStepRows - 1) / kStepRows; }

/** -1 in the lanes whose number within 16 bytes has the bit set. */
TRITLOOM_INLINE IntVec lanesWith(std::int32_t bit) {
  IntVec lanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    lanes[lane] = (static_cast<std::int32_t>(lane) & bit) != 0 ? -1 : 0;
  }
  return lanes;
}

void buildTables(const float* levels, std::size_t steps, std::uint8_t* tables) {
  const IntVec firstRow = lanesWith(1);
  const IntVec secondRow = lanesWith(2);
  for (std::size_t step = 0; step < steps; ++step, tables += kStepTables) {
    for (std::size_t place = 0; place < kDigitTables; place += kBytes, levels += kLanes) {
      const IntVec rows = __builtin_convertvector(load(levels), IntVec);
      const IntVec negative = rows < 0 ? -rows : IntVec{};
      const IntVec least = spread<0>(negative) + spread<1>(negative) + spread<2>(negative) + spread<3>(negative);
      const IntVec pair = least + (spread<0>(rows) & firstRow) + (spread<1>(rows) & secondRow);
      const IntVec third = spread<2>(rows);
      const IntVec last = spread<3>(rows);
      const IntVec entries[4] = {pair, pair + third, pair + last, pair + third + last};
      constexpr std::int32_t kBoth = (1 << 2 * kLowBits) - 1;
      const Words low = packWords(entries[0] & kBoth, entries[1] & kBoth);
      const Words high = packWords(entries[2] & kBoth, entries[3] & kBoth);
      constexpr std::uint16_t kLow = (1 << kLowBits) - 1;
      const Bytes digits[kDigits] = {
          packBytes(low & kLow, high & kLow), packBytes(low >> kLowBits, high >> kLowBits),
          packBytes(packWords(entries[0] >> 2 * kLowBits, entries[1] >> 2 * kLowBits),
                    packWords(entries[2] >> 2 * kLowBits, entries[3] >> 2 * kLowBits))};
      for (std::size_t digit = 0; digit < kDigits; ++digit) {
        __builtin_memcpy(tables + digit * kDigitTables + place, &digits[digit], sizeof digits[digit]);
      }
    }
  }
}

/** The sums of one digit, 16 bits each: of ternary columns the positive entries minus the negative ones, in `word` alone where
 * `differences` exists; else whole words, that is even bytes and 256 times the odd ones, and the odd bytes alone. */
struct Sums {
  Words word;
  Words odd;
};

template <bool kTernary>
TRITLOOM_INLINE void add(Bytes entries, Sums& sums) {
#if defined(__AVX2__)
  if (kTernary) {
    sums.word += differences(entries);
    return;
  }
#endif
  sums.word += as<Words>(entries);
  sums.odd += as<Words>(entries) >> 8;
}

struct Halves {
  HalfWords half[2];
};

/** Sums of kWords columns, from those of their digits. */
TRITLOOM_INLINE void storeValues(const Words* digits, std::int32_t* to) {
  IntVec values[2] = {};
  TRITLOOM_UNROLL
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const Halves halves = as<Halves>(digits[digit]);
    TRITLOOM_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      values[half] += __builtin_convertvector(halves.half[half], IntVec) << kLowBits * digit;
    }
  }
  __builtin_memcpy(to, &values, sizeof values);
}

template <bool kTernary>
TRITLOOM_INLINE void storeSums(const Sums* sums, std::size_t width, std::int32_t* to) {
  Words even[kDigits];
  Words odd[kDigits];
  TRITLOOM_UNROLL
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    odd[digit] = sums[digit].odd;
    even[digit] = sums[digit].word - (odd[digit] << 8);
    if (kTernary) {
      even[digit] -= odd[digit];
    }
  }
  storeValues(even, to);
  if (!kTernary) {
    storeValues(odd, to + (width + 1) / 2);
  }
}

/**
 * One block of columns over up to kMostSteps steps.
 * @param bytes from one 8 rows of the codes to the next
 */
template <bool kTernary>
void blockSums(const std::uint8_t* codes, std::size_t bytes, const std::uint8_t* tables, std::size_t steps, std::int32_t* to) {
  Sums sums[kDigits];
  TRITLOOM_UNROLL
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    sums[digit] = {Words{}, Words{}};
  }
  for (std::size_t step = 0; step < steps; ++step, codes += 2 * bytes, tables += kStepTables) {
    const Bytes first = loadBytes(codes);
    const Bytes second = loadBytes(codes + bytes);
    const Bytes nibbles[kTables] = {first & 15, first >> 4, second & 15, second >> 4};
    TRITLOOM_UNROLL
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      Bytes entries[kTables];
      TRITLOOM_UNROLL
      for (std::size_t table = 0; table < kTables; ++table) {
        entries[table] = lookUp(loadTable(tables + digit * kDigitTables + table * kEntries), nibbles[table]);
      }
      const Bytes left = entries[0] + entries[1];
      const Bytes right = entries[2] + entries[3];
      if (digit + 1 < kDigits) {
        add<kTernary>(left + right, sums[digit]);
      } else {
        add<kTernary>(left, sums[digit]);
        add<kTernary>(right, sums[digit]);
      }
    }
  }
  storeSums<kTernary>(sums, bytes, to);
}

/** y += scale * step * (factor * sums - magnitude) */
void addScaled(const PackedPlane& plane, std::size_t first, std::size_t width, float step, std::int32_t magnitude,
               const std::int32_t* sums, float* y) {
  const std::int32_t factor = plane.ternary ? 1 : 2;
  for (std::size_t column = 0; column < width; column += kLanes) {
    const std::size_t count = smaller(kLanes, width - column);
    const Vec scale = plane.scalePerColumn ? loadPartial(plane.scales + first + column, count) : broadcast(plane.scales[0]);
    IntVec whole;
    __builtin_memcpy(&whole, sums + column, sizeof whole);
    const Vec sum = __builtin_convertvector(whole * factor - magnitude, Vec) * (scale * step);
    storePartial(y + first + column, sum + loadPartial(y + first + column, count), count);
  }
}

/** What all rows, whole numbers, sum to where each has the sign that makes it positive. */
std::int32_t magnitudeOf(const float* levels, std::size_t rows) {
  IntVec sums{};
  for (std::size_t row = 0; row < rows; row += kLanes) {
    const IntVec value = __builtin_convertvector(load(levels + row), IntVec);
    sums += value < 0 ? -value : value;
  }
  std::int32_t magnitude = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    magnitude += sums[lane];
  }
  return magnitude;
}

void addPlane(const PackedProductCall& call, const PackedPlane& plane, float step) {
  const std::size_t steps = stepsOf(call.rows);
  const std::size_t signs = plane.ternary ? 2 : 1;
  const std::size_t block = kBytes / signs;
  std::int32_t sums[2 * kBytes];
  for (std::size_t from = 0; from < steps; from += kMostSteps) {
    const std::size_t count = smaller(kMostSteps, steps - from);
    const std::int32_t magnitude = plane.ternary ? 0 : magnitudeOf(call.levels + from * kStepRows, count * kStepRows);
    for (std::size_t first = 0; first < call.columns; first += block) {
      const std::size_t width = smaller(block, call.columns - first);
      const std::uint8_t* codes = plane.codes + 2 * signs * (first * steps + width * from);
      (plane.ternary ? blockSums<true> : blockSums<false>)(codes, signs * width, call.tables + from * kStepTables, count, sums);
      addScaled(plane, first, width, step, magnitude, sums, call.y);
    }
  }
}

}  // namespace

std::size_t packedPlaneBytes(std::size_t rows, std::size_t columns, bool ternary) {
  return stepsOf(rows) * 2 * columns * (ternary ? 2 : 1);
}

std::size_t packedTableBytes(std::size_t rows) { return stepsOf(rows) * kStepTables; }

void packPlane(const PackedBits& bits, std::uint8_t* codes) {
  const bool ternary = bits.negative != nullptr;
  const std::size_t block = ternary ? kWords : kBytes;
  for (std::size_t first = 0; first < bits.columns; first += block) {
    const std::size_t width = smaller(block, bits.columns - first);
    const std::size_t half = (width + 1) / 2;
    for (std::size_t group = 0; group < 2 * stepsOf(bits.rows); ++group) {
      const bool exists = 8 * group < bits.rows;
      const std::size_t from = group * bits.stride + first;
      for (std::size_t column = 0; column < width; ++column) {
        const std::uint8_t positive = exists ? bits.positive[from + column] : 0;
        if (ternary) {
          *codes++ = positive;
          *codes++ = exists ? bits.negative[from + column] : 0;
        } else {
          codes[column < half ? 2 * column : 2 * (column - half) + 1] = positive;
        }
      }
      codes += ternary ? 0 : width;
    }
  }
}

void packedPlanes(const PackedProductCall& call) {
  const float step = roundToLevels(call.x, call.rows, kMost, call.levels);
  buildTables(call.levels, stepsOf(call.rows), call.tables);
  for (std::size_t index = 0; index < call.planeCount; ++index) {
    addPlane(call, call.planes[index], step);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom

#endif
