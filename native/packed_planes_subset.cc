#include "packed_levels.h"

#if !defined(__AVX512VBMI__) && !defined(__AVX2__) && !defined(__aarch64__) && !defined(__wasm_simd128__)

// Products with bit planes for any processor: one table of the 256 sums of subsets of 8 rows, looked up by the positive
// and the negative byte of each column. Codes: as in PackedBits without its stride, positive bits, then negative bits.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

constexpr std::size_t kEntries = 256;

std::size_t groupsOf(std::size_t rows) { return (rows + 7) / 8; }

/** @returns the sum of the 8 rows */
float buildTable(const float* x, std::size_t rows, float* table) {
  table[0] = 0;
  for (std::size_t row = 0, built = 1; row < 8; ++row, built *= 2) {
    const float value = row < rows ? x[row] : 0.0f;
    for (std::size_t entry = 0; entry < built; ++entry) {
      table[built + entry] = table[entry] + value;
    }
  }
  return table[kEntries - 1];
}

void addPlane(const PackedProductCall& call, const PackedPlane& plane) {
  float table[kEntries];
  const std::size_t bytes = groupsOf(call.rows) * call.columns;
  for (std::size_t group = 0; group < groupsOf(call.rows); ++group) {
    const float total = buildTable(call.x + 8 * group, call.rows - 8 * group, table);
    const std::uint8_t* positive = plane.codes + group * call.columns;
    for (std::size_t column = 0; column < call.columns; ++column) {
      const float added = plane.ternary ? table[positive[column]] - table[positive[bytes + column]]
                                        : 2 * table[positive[column]] - total;
      call.y[column] += added * plane.scales[plane.scalePerColumn ? column : 0];
    }
  }
}

}  // namespace

std::size_t packedPlaneBytes(std::size_t rows, std::size_t columns, bool ternary) {
  return groupsOf(rows) * columns * (ternary ? 2 : 1);
}

std::size_t packedTableBytes(std::size_t) { return 1; }

void packPlane(const PackedBits& bits, std::uint8_t* codes) {
  const std::uint8_t* const signs[2] = {bits.positive, bits.negative};
  for (const std::uint8_t* from : signs) {
    for (std::size_t group = 0; from != nullptr && group < groupsOf(bits.rows); ++group, codes += bits.columns) {
      __builtin_memcpy(codes, from + group * bits.stride, bits.columns);
    }
  }
}

void packedPlanes(const PackedProductCall& call) {
  for (std::size_t index = 0; index < call.planeCount; ++index) {
    addPlane(call, call.planes[index]);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom

#endif
