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
// of a column select one of the 16 sums of a subset. Ternary: sum of the positive subset and minus the negative one;
// binary: twice the positive subset minus the sum of all.
//
// Codes: blocks of up to kBytes columns, [block][8 rows][columns of the block, positive bits; then negative bits]. Byte
// 2j of a block is column j, byte 2j + 1 is column kBytes / 2 + j.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

constexpr std::size_t kBytes = kLanes * 4;
constexpr std::size_t kWords = kBytes / 2;
constexpr std::size_t kEntries = 16;
/** [sign][digit][entry] of four rows. */
constexpr std::size_t kSignTable = kDigits * kEntries;
constexpr std::size_t kRowsTable = 2 * kSignTable;
/** Groups of 8 rows whose byte sums fit 16 bits: two additions of at most 254 each. */
constexpr std::size_t kMostGroups = 128;
constexpr float kMost = 131071.0f;

typedef std::uint8_t Bytes __attribute__((vector_size(kBytes)));
typedef std::uint16_t Words __attribute__((vector_size(kBytes)));
typedef std::uint16_t HalfWords __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));
typedef std::uint8_t LaneBytes __attribute__((vector_size(kLanes)));

TRITLOOM_INLINE Bytes loadBytes(const std::uint8_t* from) {
  Bytes value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

#if defined(__AVX512BW__)
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) {
  const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return reinterpret_cast<Bytes>(_mm512_broadcast_i32x4(table));
}

TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return reinterpret_cast<Bytes>(_mm512_shuffle_epi8(reinterpret_cast<__m512i>(table), reinterpret_cast<__m512i>(nibbles)));
}
#elif defined(__AVX2__)
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) {
  const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return reinterpret_cast<Bytes>(_mm256_broadcastsi128_si256(table));
}

TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return reinterpret_cast<Bytes>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(table), reinterpret_cast<__m256i>(nibbles)));
}
#else
TRITLOOM_INLINE Bytes loadTable(const std::uint8_t* from) { return loadBytes(from); }

#if defined(__aarch64__)
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return reinterpret_cast<Bytes>(vqtbl1q_u8(reinterpret_cast<uint8x16_t>(table), reinterpret_cast<uint8x16_t>(nibbles)));
}
#else
TRITLOOM_INLINE Bytes lookUp(Bytes table, Bytes nibbles) {
  return reinterpret_cast<Bytes>(wasm_i8x16_swizzle(reinterpret_cast<v128_t>(table), reinterpret_cast<v128_t>(nibbles)));
}
#endif
#endif

std::size_t groupsOf(std::size_t rows) { return (rows + 7) / 8; }

/** The digits of kLanes entries, one table for each digit. */
TRITLOOM_INLINE void storeDigits(IntVec entries, std::uint8_t* table) {
  const IntVec digits[kDigits] = {entries & 63, (entries >> 6) & 127, entries >> 13};
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const LaneBytes bytes = __builtin_convertvector(digits[digit], LaneBytes);
    __builtin_memcpy(table + digit * kEntries, &bytes, sizeof bytes);
  }
}

void buildTables(const float* levels, std::size_t groups, std::uint8_t* tables) {
  float chosen[4][kEntries];
  for (std::size_t entry = 0; entry < kEntries; ++entry) {
    for (std::size_t row = 0; row < 4; ++row) {
      chosen[row][entry] = (entry >> row & 1) != 0 ? 1.0f : 0.0f;
    }
  }
  for (std::size_t group = 0; group < 2 * groups; ++group, levels += 4, tables += kRowsTable) {
    for (std::size_t first = 0; first < kEntries; first += kLanes) {
      Vec sum{};
      for (std::size_t row = 0; row < 4; ++row) {
        sum += load(chosen[row] + first) * levels[row];
      }
      const IntVec whole = __builtin_convertvector(sum, IntVec);
      storeDigits(kEntryOffset + whole, tables + first);
      storeDigits(kEntryOffset - whole, tables + kSignTable + first);
    }
  }
}

struct Sums {
  Words word[kDigits];
  Words odd[kDigits];
};

/** Entries of 8 rows of one sign. */
TRITLOOM_INLINE void addEntries(const std::uint8_t* codes, const std::uint8_t* tables, Sums& sums) {
  const Bytes both = loadBytes(codes);
  const Bytes lower = both & 15;
  const Bytes upper = both >> 4;
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const std::uint8_t* table = tables + digit * kEntries;
    const Bytes entries = lookUp(loadTable(table), lower) + lookUp(loadTable(table + kRowsTable), upper);
    Words words;
    __builtin_memcpy(&words, &entries, sizeof words);
    sums.word[digit] += words;
    sums.odd[digit] += words >> 8;
  }
}

/** kLanes columns: digits to floats without the groups' offsets. */
TRITLOOM_INLINE Vec valueOf(const Words* digits, std::size_t first, std::int32_t offset) {
  IntVec wide[kDigits];
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    HalfWords words;
    __builtin_memcpy(&words, reinterpret_cast<const std::uint16_t*>(&digits[digit]) + first, sizeof words);
    wide[digit] = __builtin_convertvector(words, IntVec);
  }
  return __builtin_convertvector(wide[0] + (wide[1] << 6) + (wide[2] << 13) - offset, Vec);
}

/** One block of columns over up to kMostGroups groups: sums of its columns as floats. */
template <bool kTernary>
void blockSums(const std::uint8_t* codes, std::size_t width, const std::uint8_t* tables, std::size_t groups, float* to) {
  Sums sums{};
  for (std::size_t group = 0; group < groups; ++group, tables += 2 * kRowsTable) {
    addEntries(codes, tables, sums);
    codes += width;
    if (kTernary) {
      addEntries(codes, tables + kSignTable, sums);
      codes += width;
    }
  }
  const std::int32_t offset = kEntryOffset * 2 * (kTernary ? 2 : 1) * static_cast<std::int32_t>(groups);
  Words even[kDigits];
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    even[digit] = sums.word[digit] - (sums.odd[digit] << 8);
  }
  const std::size_t half = (width + 1) / 2;
  for (std::size_t first = 0; first < kWords; first += kLanes) {
    store(to + first, valueOf(even, first, offset));
  }
  for (std::size_t first = 0; first < kWords; first += kLanes) {
    store(to + half + first, valueOf(sums.odd, first, offset));
  }
}

/** y += scale * step * (factor * sums - total) */
void addScaled(const PackedPlane& plane, std::size_t first, std::size_t width, float step, float total, const float* sums,
               float* y) {
  const float factor = plane.ternary ? 1.0f : 2.0f;
  for (std::size_t column = 0; column < width; column += kLanes) {
    const std::size_t count = smaller(kLanes, width - column);
    const Vec scale = plane.scalePerColumn ? loadPartial(plane.scales + first + column, count) : broadcast(plane.scales[0]);
    const Vec sum = (load(sums + column) * factor - total) * (scale * step);
    storePartial(y + first + column, sum + loadPartial(y + first + column, count), count);
  }
}

void addPlane(const PackedProductCall& call, const PackedPlane& plane, float step) {
  const std::size_t groups = groupsOf(call.rows);
  const std::size_t signs = plane.ternary ? 2 : 1;
  float sums[2 * kBytes];
  for (std::size_t group = 0; group < groups; group += kMostGroups) {
    const std::size_t count = smaller(kMostGroups, groups - group);
    float total = 0;
    for (std::size_t row = group * 8; !plane.ternary && row < (group + count) * 8; ++row) {
      total += call.levels[row];
    }
    const std::uint8_t* tables = call.tables + group * 2 * kRowsTable;
    for (std::size_t first = 0; first < call.columns; first += kBytes) {
      const std::size_t width = smaller(kBytes, call.columns - first);
      const std::uint8_t* codes = plane.codes + (first * groups + group * width) * signs;
      (plane.ternary ? blockSums<true> : blockSums<false>)(codes, width, tables, count, sums);
      addScaled(plane, first, width, step, total, sums, call.y);
    }
  }
}

}  // namespace

std::size_t packedPlaneBytes(std::size_t rows, std::size_t columns, bool ternary) {
  return groupsOf(rows) * columns * (ternary ? 2 : 1);
}

std::size_t packedTableBytes(std::size_t rows) { return groupsOf(rows) * 2 * kRowsTable; }

void packPlane(const PackedBits& bits, std::uint8_t* codes) {
  const std::size_t signs = bits.negative != nullptr ? 2 : 1;
  for (std::size_t first = 0; first < bits.columns; first += kBytes) {
    const std::size_t width = smaller(kBytes, bits.columns - first);
    const std::size_t half = (width + 1) / 2;
    for (std::size_t group = 0; group < groupsOf(bits.rows); ++group) {
      for (std::size_t sign = 0; sign < signs; ++sign, codes += width) {
        const std::uint8_t* from = (sign == 0 ? bits.positive : bits.negative) + group * bits.stride + first;
        for (std::size_t column = 0; column < width; ++column) {
          codes[column < half ? 2 * column : 2 * (column - half) + 1] = from[column];
        }
      }
    }
  }
}

void packedPlanes(const PackedProductCall& call) {
  const float step = roundToLevels(call.x, call.rows, kMost, call.levels);
  buildTables(call.levels, groupsOf(call.rows), call.tables);
  for (std::size_t index = 0; index < call.planeCount; ++index) {
    addPlane(call, call.planes[index], step);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom

#endif
