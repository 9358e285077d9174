#include "packed_levels.h"

#if defined(__AVX512VBMI__)

// GCC 12 takes the undefined operands inside its own AVX-512 intrinsics for uninitialised variables (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

// Products with bit planes by table look-up (the idea of T-MAC, Wei et al. 2025). A byte holds 4 trits or 8 bits of one
// column; one permutation of 128 bytes (VPERMI2B) looks up what they sum to in 64 columns at once. x is rounded to
// integers of 24 bits and a sign (23 bits for binary planes), about what a float holds, whose sums are kept exactly.
//
// Codes: blocks of up to 192 columns, [block][row group][columns of the block]. In each 64 bytes, byte 2j is column j and
// byte 2j + 1 is column 32 + j, so that even and odd bytes each sum up to consecutive columns.
// Ternary, rows a, b, c, d of a group, each 0, 1 or 2 for -1, 0, +1: 32d + 9a + 3b + c.
// Binary, 8 rows of a group: bits 0 to 6 select the entry and bit 7 its sign, see signedCode.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

/** Loops over registers: an index that stays a variable would force them into memory. */
#if defined(__clang__)
#define TRITLOOM_UNROLL _Pragma("unroll")
#else
#define TRITLOOM_UNROLL _Pragma("GCC unroll 8")
#endif

constexpr std::size_t kBytes = 64;
constexpr std::size_t kBlock = 192;
constexpr std::size_t kEntries = 128;
// A table's entry is a sum of rounded values plus 2^26, in digits of 6, 7, 7 and 7 bits, the lowest first. Two entries can
// be added as bytes without a carry, and 2^27 minus an entry is 64, 127, 127 and 127 minus its digits.
constexpr std::size_t kDigits = 4;
constexpr std::int32_t kEntryOffset = 1 << 26;
constexpr std::size_t kGroupTable = kDigits * kEntries;
/** Pairs of groups whose byte sums fit 16 bits: 254 each. */
constexpr std::size_t kMostPairs = 256;
/** Largest integers of x: 4 or 8 of them stay below 2^26. */
constexpr float kTernaryMost = 16777215.0f;
constexpr float kBinaryMost = 8388607.0f;

/**
 * Does what roundToLevels does, for levels of up to 24 bits: what one is worth is the smallest power of two with which x fits, so that
 * only the rounding itself is inexact. Vectors without a magnitude of 2^-102 or more become zeros.
 */
float roundToFineLevels(const float* x, std::size_t rows, float most, float* levels) {
  const float peak = largestMagnitude(x, rows);
  if (!(peak >= 0x1p-102f)) {
    __builtin_memset(levels, 0, packedLevels(rows) * sizeof(float));
    return peak * 0.0f;
  }
  // A float's last bit is worth 2^-23 of its highest.
  float step = __builtin_ldexpf(1.0f, __builtin_ilogbf(peak) - 23);
  while (step * most < peak) {
    step *= 2;
  }
  const float inverse = 1 / step;
  for (std::size_t row = 0; row < packedLevels(rows); row += kLanes) {
    const Vec value = row < rows ? loadPartial(x + row, rows - row) : Vec{};
    const auto scaled = reinterpret_cast<__m512>(value * inverse);
    _mm512_storeu_ps(levels + row, _mm512_roundscale_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  return step;
}

std::size_t groupRows(bool ternary) { return ternary ? 4 : 8; }

std::size_t groupsOf(std::size_t rows, bool ternary) {
  // Codes come in bytes of 8 rows: an even number of ternary groups.
  return (rows + 7) / 8 * (8 / groupRows(ternary));
}

/** Groups are added in pairs. */
std::size_t tablesOf(std::size_t rows, bool ternary) { return (groupsOf(rows, ternary) + 1) / 2 * 2; }

/** Where column `column` of `width` (at most 64) lies in its bytes. */
std::size_t bytePlace(std::size_t column, std::size_t width) {
  const std::size_t half = (width + 1) / 2;
  return column < half ? 2 * column : 2 * (column - half) + 1;
}

bool bit(std::uint8_t byte, std::size_t index) { return (byte >> index & 1) != 0; }

std::uint8_t ternaryCode(std::uint8_t positive, std::uint8_t negative, std::size_t firstBit) {
  constexpr std::size_t worth[4] = {9, 3, 1, 32};
  std::size_t code = 0;
  for (std::size_t row = 0; row < 4; ++row) {
    const std::size_t trit = 1 + bit(positive, firstBit + row) - bit(negative, firstBit + row);
    code += worth[row] * trit;
  }
  return static_cast<std::uint8_t>(code);
}

/** With bit 7 set the sum is minus that of the opposite bits, so half a table is enough. */
std::uint8_t signedCode(std::uint8_t positive) {
  return static_cast<std::uint8_t>(bit(positive, 7) ? 0x80 | (~positive & 0x7f) : positive);
}

TRITLOOM_INLINE __m512i spreadDigits(__m512i entries) {
  // From bits 0, 6, 13 and 20 of both 32-bit halves on, to one byte each.
  const __m512i places = _mm512_set1_epi64(0x34'2d'26'20'14'0d'06'00);
  return _mm512_and_si512(_mm512_multishift_epi64_epi8(places, entries), _mm512_set1_epi32(0x7f7f7f3f));
}

/** Byte `digit` of each of 32 integers, for two digits at once. */
TRITLOOM_INLINE __m512i gatherOrder(int low, int high) {
  alignas(64) std::uint8_t order[kBytes];
  for (int index = 0; index < 32; ++index) {
    order[index] = static_cast<std::uint8_t>(4 * index + low);
    order[32 + index] = static_cast<std::uint8_t>(4 * index + high);
  }
  return _mm512_load_si512(order);
}

struct DigitOrders {
  __m512i lowest;
  __m512i highest;
};

/** 64 integers to 64 bytes of each digit. */
TRITLOOM_INLINE void storeDigits(const __m512i* entries, const DigitOrders& orders, std::uint8_t* table) {
  const __m512i spread[4] = {spreadDigits(entries[0]), spreadDigits(entries[1]), spreadDigits(entries[2]),
                             spreadDigits(entries[3])};
  const __m512i first = _mm512_permutex2var_epi8(spread[0], orders.lowest, spread[1]);
  const __m512i second = _mm512_permutex2var_epi8(spread[2], orders.lowest, spread[3]);
  const __m512i firstHigh = _mm512_permutex2var_epi8(spread[0], orders.highest, spread[1]);
  const __m512i secondHigh = _mm512_permutex2var_epi8(spread[2], orders.highest, spread[3]);
  _mm512_store_si512(table, _mm512_shuffle_i64x2(first, second, 0x44));
  _mm512_store_si512(table + kEntries, _mm512_shuffle_i64x2(first, second, 0xee));
  _mm512_store_si512(table + 2 * kEntries, _mm512_shuffle_i64x2(firstHigh, secondHigh, 0x44));
  _mm512_store_si512(table + 3 * kEntries, _mm512_shuffle_i64x2(firstHigh, secondHigh, 0xee));
}

/** 32 integers to 32 bytes of each digit. */
TRITLOOM_INLINE void storeHalf(__m512i low, __m512i high, const DigitOrders& orders, std::uint8_t* table) {
  const __m512i first = spreadDigits(low);
  const __m512i second = spreadDigits(high);
  const __m512i lowest = _mm512_permutex2var_epi8(first, orders.lowest, second);
  const __m512i highest = _mm512_permutex2var_epi8(first, orders.highest, second);
  _mm256_store_si256(reinterpret_cast<__m256i*>(table), _mm512_castsi512_si256(lowest));
  _mm256_store_si256(reinterpret_cast<__m256i*>(table + kEntries), _mm512_extracti64x4_epi64(lowest, 1));
  _mm256_store_si256(reinterpret_cast<__m256i*>(table + 2 * kEntries), _mm512_castsi512_si256(highest));
  _mm256_store_si256(reinterpret_cast<__m256i*>(table + 3 * kEntries), _mm512_extracti64x4_epi64(highest, 1));
}

/** 16 entries of a table, signs[row][entry] of its first rows, and what these rows sum to in each. */
template <std::size_t kRows>
struct Signs {
  IntVec of[kRows];

  IntVec sum(const float* levels) const {
    IntVec total = kEntryOffset - IntVec{};
    for (std::size_t row = 0; row < kRows; ++row) {
      total += of[row] * static_cast<std::int32_t>(levels[row]);
    }
    return total;
  }
};

TRITLOOM_INLINE __m512i asRegister(IntVec value) { return reinterpret_cast<__m512i>(value); }

/** Codes reach 90, so the last 32 entries are never looked up. */
void ternaryTables(const float* levels, std::size_t groups, std::uint8_t* table) {
  Signs<3> signs[2];
  for (int entry = 0; entry < 32; ++entry) {
    signs[entry / 16].of[0][entry % 16] = entry / 9 % 3 - 1;
    signs[entry / 16].of[1][entry % 16] = entry / 3 % 3 - 1;
    signs[entry / 16].of[2][entry % 16] = entry % 3 - 1;
  }
  const DigitOrders orders = {gatherOrder(0, 1), gatherOrder(2, 3)};
  for (std::size_t group = 0; group < groups; ++group, levels += 4, table += kGroupTable) {
    const IntVec base[2] = {signs[0].sum(levels), signs[1].sum(levels)};
    const auto last = static_cast<std::int32_t>(levels[3]);
    const __m512i entries[4] = {asRegister(base[0] - last), asRegister(base[1] - last), asRegister(base[0]), asRegister(base[1])};
    storeDigits(entries, orders, table);
    storeHalf(asRegister(base[0] + last), asRegister(base[1] + last), orders, table + kBytes);
  }
}

void binaryTables(const float* levels, std::size_t groups, std::uint8_t* table) {
  Signs<4> signs;
  for (int entry = 0; entry < 16; ++entry) {
    for (std::size_t row = 0; row < 4; ++row) {
      signs.of[row][entry] = bit(static_cast<std::uint8_t>(entry), row) ? 1 : -1;
    }
  }
  const DigitOrders orders = {gatherOrder(0, 1), gatherOrder(2, 3)};
  for (std::size_t group = 0; group < groups; ++group, levels += 8, table += kGroupTable) {
    const IntVec sum = signs.sum(levels);
    __m512i entries[8];
    for (std::uint8_t upper = 0; upper < 8; ++upper) {
      auto shift = -static_cast<std::int32_t>(levels[7]);
      for (std::size_t row = 0; row < 3; ++row) {
        const auto level = static_cast<std::int32_t>(levels[4 + row]);
        shift += bit(upper, row) ? level : -level;
      }
      entries[upper] = asRegister(sum + shift);
    }
    storeDigits(entries, orders, table);
    storeDigits(entries + 4, orders, table + kBytes);
  }
}

/**
 * VPERMI2B on freshly loaded codes: it keeps both halves of the table in their registers, where compilers like to pick
 * VPERMT2B, and codes that need no registers of their own leave room for all sums.
 */
TRITLOOM_INLINE __m512i lookUp(__m512i low, const std::uint8_t* codes, __m512i high) {
  __m512i result;
  asm("vmovdqu64 %3, %0\n\tvpermi2b %2, %1, %0"
      : "=&v"(result)
      : "v"(low), "v"(high), "m"(*reinterpret_cast<const __m512i_u*>(codes)));
  return result;
}

/** An entry, or for binary codes with bit 7 set 2^27 minus it. */
template <bool kTernary>
TRITLOOM_INLINE __m512i entryOf(__m512i low, const std::uint8_t* codes, __m512i high, std::size_t digit) {
  const __m512i value = lookUp(low, codes, high);
  if (kTernary) {
    return value;
  }
  const __m512i whole = _mm512_set1_epi8(digit == 0 ? 64 : 127);
  return _mm512_mask_sub_epi8(value, _mm512_movepi8_mask(_mm512_loadu_si512(codes)), whole, value);
}

/**
 * 16 columns: digits to a float without the groups' offsets, rounded once: below 2^24 the two halves are exact.
 * @param offset of all groups together, without its 13 lower bits, which are zeros
 */
TRITLOOM_INLINE __m512 valueOf(const __m256i (&digits)[kDigits], __m512i offset) {
  const __m512i low = _mm512_add_epi32(_mm512_cvtepu16_epi32(digits[0]), _mm512_slli_epi32(_mm512_cvtepu16_epi32(digits[1]), 6));
  const __m512i high = _mm512_add_epi32(_mm512_cvtepu16_epi32(digits[2]), _mm512_slli_epi32(_mm512_cvtepu16_epi32(digits[3]), 7));
  const __m512 upper = _mm512_cvtepi32_ps(_mm512_sub_epi32(high, offset));
  return _mm512_fmadd_ps(upper, _mm512_set1_ps(8192.0f), _mm512_cvtepi32_ps(low));
}

TRITLOOM_INLINE void storeValues(const __m512i* digits, __m512i offset, float* to) {
  __m256i lower[kDigits];
  __m256i upper[kDigits];
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    lower[digit] = _mm512_castsi512_si256(digits[digit]);
    upper[digit] = _mm512_extracti64x4_epi64(digits[digit], 1);
  }
  _mm512_storeu_ps(to, valueOf(lower, offset));
  _mm512_storeu_ps(to + 16, valueOf(upper, offset));
}

/** 16-bit sums of whole words, that is of even bytes and 256 times the odd ones, and of the odd bytes alone. */
struct Sums {
  __m512i word[kDigits];
  __m512i odd[kDigits];
};

__attribute__((noinline)) void storeSums(const Sums& sums, std::size_t groups, std::size_t width, float* to) {
  __m512i even[kDigits];
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    even[digit] = _mm512_sub_epi16(sums.word[digit], _mm512_slli_epi16(sums.odd[digit], 8));
  }
  const __m512i offset = _mm512_set1_epi32((kEntryOffset >> 13) * static_cast<std::int32_t>(groups));
  storeValues(even, offset, to);
  storeValues(sums.odd, offset, to + (width + 1) / 2);
}

/**
 * One block of columns over up to kMostPairs pairs of groups: sums[column] as floats. An odd last group is paired with
 * the table of rows that are zero, whose entries are all alike, under its own codes.
 */
template <std::size_t kParts, bool kTernary>
void blockSums(const std::uint8_t* codes, std::size_t width, const std::uint8_t* tables, std::size_t groups, float* to) {
  __m512i word[kParts][kDigits];
  __m512i odd[kParts][kDigits];
  TRITLOOM_UNROLL
  for (std::size_t part = 0; part < kParts; ++part) {
    TRITLOOM_UNROLL
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      word[part][digit] = _mm512_setzero_si512();
      odd[part][digit] = _mm512_setzero_si512();
    }
  }
  const std::uint8_t* table = tables;
  for (std::size_t group = 0; group < groups; group += 2, codes += 2 * width, table += 2 * kGroupTable) {
    const std::uint8_t* second = group + 1 < groups ? codes + width : codes;
    TRITLOOM_UNROLL
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      const std::uint8_t* entries = table + digit * kEntries;
      const __m512i low = _mm512_load_si512(entries);
      const __m512i high = _mm512_load_si512(entries + kBytes);
      const __m512i nextLow = _mm512_load_si512(entries + kGroupTable);
      const __m512i nextHigh = _mm512_load_si512(entries + kGroupTable + kBytes);
      TRITLOOM_UNROLL
      for (std::size_t part = 0; part < kParts; ++part) {
        const __m512i sum = _mm512_add_epi8(entryOf<kTernary>(low, codes + kBytes * part, high, digit),
                                            entryOf<kTernary>(nextLow, second + kBytes * part, nextHigh, digit));
        word[part][digit] = _mm512_add_epi16(word[part][digit], sum);
        odd[part][digit] = _mm512_add_epi16(odd[part][digit], _mm512_srli_epi16(sum, 8));
      }
    }
  }
  // Stored by loops so short that they unroll: sums that are indexed elsewhere would live in memory from the start.
  Sums sums[kParts];
  TRITLOOM_UNROLL
  for (std::size_t part = 0; part < kParts; ++part) {
    TRITLOOM_UNROLL
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      sums[part].word[digit] = word[part][digit];
      sums[part].odd[digit] = odd[part][digit];
    }
  }
  TRITLOOM_UNROLL
  for (std::size_t part = 0; part < kParts; ++part) {
    storeSums(sums[part], (groups + 1) / 2 * 2, smaller(width - part * kBytes, kBytes), to + part * kBytes);
  }
}

using BlockSums = void (*)(const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t, float*);

BlockSums blockSumsOf(std::size_t width, bool ternary) {
  constexpr BlockSums all[2][3] = {{blockSums<1, false>, blockSums<2, false>, blockSums<3, false>},
                                   {blockSums<1, true>, blockSums<2, true>, blockSums<3, true>}};
  return all[ternary ? 1 : 0][(width - 1) / kBytes];
}

/** y += scale * step * sums */
void addScaled(const PackedPlane& plane, std::size_t first, std::size_t width, float step, const float* sums, float* y) {
  for (std::size_t column = 0; column < width; column += kLanes) {
    const std::size_t count = smaller(kLanes, width - column);
    const Vec scale = plane.scalePerColumn ? loadPartial(plane.scales + first + column, count) : broadcast(plane.scales[0]);
    const Vec sum = load(sums + column) * (scale * step) + loadPartial(y + first + column, count);
    storePartial(y + first + column, sum, count);
  }
}

void addPlane(const PackedProductCall& call, const PackedPlane& plane, float step) {
  const std::size_t groups = groupsOf(call.rows, plane.ternary);
  alignas(64) float sums[kBlock + kBytes];
  for (std::size_t first = 0; first < call.columns; first += kBlock) {
    const std::size_t width = smaller(kBlock, call.columns - first);
    const BlockSums sum = blockSumsOf(width, plane.ternary);
    const std::uint8_t* codes = plane.codes + first * groups;
    for (std::size_t group = 0; group < groups; group += 2 * kMostPairs) {
      const std::size_t count = smaller(2 * kMostPairs, groups - group);
      sum(codes + group * width, width, call.tables + group * kGroupTable, count, sums);
      addScaled(plane, first, width, step, sums, call.y);
    }
  }
}

void addPlanesOf(bool ternary, const PackedProductCall& call) {
  float step = 0;
  bool built = false;
  for (std::size_t index = 0; index < call.planeCount; ++index) {
    if (call.planes[index].ternary != ternary) {
      continue;
    }
    if (!built) {
      built = true;
      step = roundToFineLevels(call.x, call.rows, ternary ? kTernaryMost : kBinaryMost, call.levels);
      (ternary ? ternaryTables : binaryTables)(call.levels, tablesOf(call.rows, ternary), call.tables);
    }
    addPlane(call, call.planes[index], step);
  }
}

}  // namespace

std::size_t packedPlaneBytes(std::size_t rows, std::size_t columns, bool ternary) { return groupsOf(rows, ternary) * columns; }

std::size_t packedTableBytes(std::size_t rows) { return groupsOf(rows, true) * kGroupTable; }

void packPlane(const PackedBits& bits, std::uint8_t* codes) {
  const bool ternary = bits.negative != nullptr;
  const std::size_t groups = groupsOf(bits.rows, ternary);
  for (std::size_t column = 0; column < bits.columns; ++column) {
    const std::size_t first = column / kBlock * kBlock;
    const std::size_t width = smaller(kBlock, bits.columns - first);
    const std::size_t part = (column - first) / kBytes * kBytes;
    std::uint8_t* to = codes + first * groups + part + bytePlace(column - first - part, smaller(kBytes, width - part));
    for (std::size_t group = 0; group < groups; ++group, to += width) {
      const std::size_t place = group * groupRows(ternary) / 8 * bits.stride + column;
      *to = ternary ? ternaryCode(bits.positive[place], bits.negative[place], group % 2 * 4) : signedCode(bits.positive[place]);
    }
  }
}

void packedPlanes(const PackedProductCall& call) {
  addPlanesOf(true, call);
  addPlanesOf(false, call);
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom

#endif
