#pragma once

#include <cstddef>
#include <cstdint>

#include "normalisation.h"

// One step of a trained network at small batches: products with bit planes, and the gates. The operations exist once
// per instruction set, as those of compute.h do, with AVX-512 only where it also permutes bytes (VBMI).

namespace tritloom {

/** A plane as it is stored and handed over: bit r of byte (g, c) belongs to row 8g + r, column c. */
struct PackedBits {
  const std::uint8_t* positive;  // [ceil(rows / 8), stride]
  const std::uint8_t* negative;  // the same, or null for a binary plane, where a bit that is not set is -1
  std::size_t rows;
  std::size_t columns;
  std::size_t stride;  // columns of the whole matrix that these are a part of
};

struct PackedPlane {
  bool ternary;
  bool scalePerColumn;
  const std::uint8_t* codes;  // in the form of packPlane, or as PackedRowCall says
  const float* scales;
};

/** y = x · W. */
struct PackedProductCall {
  std::size_t rows;
  std::size_t columns;
  const PackedPlane* planes;
  std::size_t planeCount;
  const float* values;  // [rows, columns] in the form of packValues instead of planes, or null
  const float* x;       // [rows]
  float* y;             // [columns], with kPackedSlack floats after them that may be overwritten
  float* levels;        // packedLevels(rows) floats of work space
  std::uint8_t* tables;  // tableBytes(rows) bytes of work space
};

/** 32-bit words of a row's bits. */
constexpr std::size_t packedRowWords(std::size_t columns) { return (columns + 31) / 32; }

/**
 * y = row `row` of W, for one-hot input. Codes are [rows][packedRowWords] with bit c % 32 of word c / 32 for column c, the
 * positive ones, then the negative ones; values are row-major.
 */
struct PackedRowCall {
  std::size_t columns;
  std::size_t rows;
  const PackedPlane* planes;
  std::size_t planeCount;
  const float* values;
  std::size_t row;
  float* y;
};

/** Elements after an array's last one that vector code may read or overwrite. */
constexpr std::size_t kPackedSlack = 64;

/** Rows up to the next whole byte of two planes. */
constexpr std::size_t packedLevels(std::size_t rows) { return (rows + 15) / 16 * 16; }

/** value -> gain * (factor * value + offset) for all columns of a product: affine has factor 1, offset 0. */
struct RowNormaliser {
  float factor;
  float offset;
};

struct PackedGates {
  std::size_t units;
  float* recurrent;  // [G * H] product with the hidden state, of cells that have one; overwritten
  const float* input;  // [G * H] product with the input
  RowNormaliser ofInput;
  RowNormaliser ofRecurrent;
  const float* gainRecurrent;  // [G * H] of this timestep, as the next two
  const float* gainInput;
  const float* shift;
  float* hidden;  // [H]; updated
  float zoneoutHidden;
};

struct PackedLstmCall {
  PackedGates gates;
  const float* gainCell;  // [H]
  const float* shiftCell;
  float* cell;     // [H]; updated
  float* newCell;  // [H] of work space
  float zoneoutCell;
  Normalisation cellNormalisation;  // affine, or by row
  float epsilon;
};

struct PackedGruCall {
  PackedGates gates;
  const float* shiftReset;  // [H]
  float* resetHidden;       // [H] r * h, of the form that resets before the product
};

struct PackedCompute {
  const char* name;
  std::size_t (*planeBytes)(std::size_t rows, std::size_t columns, bool ternary);
  void (*packPlane)(const PackedBits& bits, std::uint8_t* codes);
  /** `stride` floats from one row to the next in `from`. */
  void (*packValues)(const float* from, std::size_t rows, std::size_t columns, std::size_t stride, float* to);
  std::size_t (*tableBytes)(std::size_t rows);
  void (*product)(const PackedProductCall& call);
  void (*row)(const PackedRowCall& call);
  /** Statistics of one row over its columns, biased; 1 and 0 if affine. */
  RowNormaliser (*rowNormaliser)(Normalisation form, const float* values, std::size_t columns, float epsilon);
  void (*lstm)(const PackedLstmCall& call);
  /** Gates r and z into the first 2H of `recurrent`, and r * h. */
  void (*gruGates)(const PackedGruCall& call);
  /** The candidate, from its recurrent product in the last H of `recurrent`, and the new state. */
  void (*gruState)(const PackedGruCall& call, RowNormaliser ofCandidate, bool resetBefore);
  void (*minGru)(const PackedGates& gates);
};

/** The instruction sets that this processor and system run, the best first; null after the last. */
const PackedCompute* const* availablePackedCompute();

#ifdef TRITLOOM_ISA
namespace TRITLOOM_ISA {
std::size_t packedPlaneBytes(std::size_t rows, std::size_t columns, bool ternary);
void packPlane(const PackedBits& bits, std::uint8_t* codes);
std::size_t packedTableBytes(std::size_t rows);
/** y += scale * (x · plane) for every plane. */
void packedPlanes(const PackedProductCall& call);
void packValues(const float* from, std::size_t rows, std::size_t columns, std::size_t stride, float* to);
void packedProduct(const PackedProductCall& call);
void packedRow(const PackedRowCall& call);
RowNormaliser packedRowNormaliser(Normalisation form, const float* values, std::size_t columns, float epsilon);
void packedLstm(const PackedLstmCall& call);
void packedGruGates(const PackedGruCall& call);
void packedGruState(const PackedGruCall& call, RowNormaliser ofCandidate, bool resetBefore);
void packedMinGru(const PackedGates& gates);
extern const PackedCompute packedCompute;
}  // namespace TRITLOOM_ISA
#endif

}  // namespace tritloom
