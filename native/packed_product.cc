#include "packed_compute.h"
#include "simd.h"

// Products of full-precision matrices, and rows of any matrix.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

constexpr std::size_t kWidth = 32;
constexpr std::size_t kVectors = kWidth / kLanes;
/** Rows side by side, so that eight sums hide the latency of a multiplication. */
constexpr std::size_t kRows = 8 / kVectors > 0 ? 8 / kVectors : 1;

/** -1 in the lanes whose bit of the word is set, the first of them bit `first`. */
TRITLOOM_INLINE IntVec whereSet(std::uint32_t word, std::size_t first) {
  IntVec bits;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    bits[lane] = static_cast<std::int32_t>(1U << (first + lane));
  }
  return ((static_cast<std::int32_t>(word) - IntVec{}) & bits) == bits;
}

TRITLOOM_INLINE std::uint32_t wordAt(const std::uint8_t* codes, std::size_t index) {
  std::uint32_t word;
  __builtin_memcpy(&word, codes + index * sizeof word, sizeof word);
  return word;
}

void addPlaneRow(const PackedRowCall& call, const PackedPlane& plane) {
  const std::size_t words = packedRowWords(call.columns);
  const bool perColumn = plane.scalePerColumn;
  const float* scales = plane.scales;
  float* y = call.y;
  for (std::size_t index = 0; index < words; ++index) {
    const std::uint32_t positive = wordAt(plane.codes, call.row * words + index);
    const std::uint32_t negative = plane.ternary ? wordAt(plane.codes, (call.rows + call.row) * words + index) : ~positive;
#pragma GCC unroll 8
    for (std::size_t first = 0; first < 32; first += kLanes, y += kLanes) {
      const Vec code = __builtin_convertvector(whereSet(negative, first) - whereSet(positive, first), Vec);
      const Vec scale = perColumn ? load(scales + 32 * index + first) : broadcast(scales[0]);
      store(y, load(y) + code * scale);
    }
  }
}

/** One panel of up to kWidth columns; the lanes after the last one are whatever comes next. */
void multiplyPanel(const PackedProductCall& call, const float* values, std::size_t width, float* y) {
  Vec sums[kRows][kVectors] = {};
  std::size_t row = 0;
  for (; row + kRows <= call.rows; row += kRows) {
    for (std::size_t next = 0; next < kRows; ++next, values += width) {
      for (std::size_t vector = 0; vector < kVectors; ++vector) {
        sums[next][vector] += load(values + vector * kLanes) * call.x[row + next];
      }
    }
  }
  for (; row < call.rows; ++row, values += width) {
    for (std::size_t vector = 0; vector < kVectors; ++vector) {
      sums[0][vector] += load(values + vector * kLanes) * call.x[row];
    }
  }
  for (std::size_t vector = 0; vector < kVectors; ++vector) {
    for (std::size_t next = 1; next < kRows; ++next) {
      sums[0][vector] += sums[next][vector];
    }
    store(y + vector * kLanes, sums[0][vector]);
  }
}

}  // namespace

void packValues(const float* from, std::size_t rows, std::size_t columns, std::size_t stride, float* to) {
  for (std::size_t first = 0; first < columns; first += kWidth) {
    const std::size_t width = smaller(kWidth, columns - first);
    for (std::size_t row = 0; row < rows; ++row, to += width) {
      __builtin_memcpy(to, from + row * stride + first, width * sizeof(float));
    }
  }
}

void packedProduct(const PackedProductCall& call) {
  if (call.values != nullptr) {
    for (std::size_t first = 0; first < call.columns; first += kWidth) {
      const std::size_t width = smaller(kWidth, call.columns - first);
      multiplyPanel(call, call.values + first * call.rows, width, call.y + first);
    }
    return;
  }
  __builtin_memset(call.y, 0, call.columns * sizeof(float));
  packedPlanes(call);
}

void packedRow(const PackedRowCall& call) {
  if (call.values != nullptr) {
    __builtin_memcpy(call.y, call.values + call.row * call.columns, call.columns * sizeof(float));
    return;
  }
  __builtin_memset(call.y, 0, packedRowWords(call.columns) * 32 * sizeof(float));
  for (std::size_t index = 0; index < call.planeCount; ++index) {
    addPlaneRow(call, call.planes[index]);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
