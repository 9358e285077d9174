#include "math.h"
#include "packed_compute.h"

// From the products of one timestep to the new state. Vectors may run past the last unit into the slack; only stores to
// the state are cut to its length.

namespace tritloom {
namespace TRITLOOM_ISA {

namespace {

TRITLOOM_INLINE Vec normalised(Vec value, RowNormaliser normaliser) { return value * normaliser.factor + normaliser.offset; }

TRITLOOM_INLINE Vec recurrentAt(const PackedGates& gates, std::size_t column, RowNormaliser normaliser) {
  return normalised(load(gates.recurrent + column), normaliser) * load(gates.gainRecurrent + column);
}

/** What the input and the shift add. */
TRITLOOM_INLINE Vec inputAt(const PackedGates& gates, std::size_t column) {
  return normalised(load(gates.input + column), gates.ofInput) * load(gates.gainInput + column) + load(gates.shift + column);
}

TRITLOOM_INLINE Vec gateAt(const PackedGates& gates, std::size_t column) {
  return recurrentAt(gates, column, gates.ofRecurrent) + inputAt(gates, column);
}

/** share * old + (1 - share) * new */
TRITLOOM_INLINE void mixInto(float* state, Vec value, float share, std::size_t count) {
  storePartial(state, share * loadPartial(state, count) + (1.0f - share) * value, count);
}

/** body(vectors, first) for all columns, for several vectors at a time where there are so many. */
template <typename Body>
TRITLOOM_INLINE void forVectors(std::size_t columns, Body body) {
  forRows((columns + kLanes - 1) / kLanes, [&](auto vectors, std::size_t first) { body(vectors, first * kLanes); });
}

}  // namespace

RowNormaliser packedRowNormaliser(Normalisation form, const float* values, std::size_t columns, float epsilon) {
  if (!isByRow(form)) {
    return {1.0f, 0.0f};
  }
  double sum = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    sum += values[column];
  }
  const double centre = rowCentre(form, sum / static_cast<double>(columns));
  double squares = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    squares += (values[column] - centre) * (values[column] - centre);
  }
  const double inverse = 1 / __builtin_sqrt(squares / static_cast<double>(columns) + epsilon);
  return {static_cast<float>(inverse), static_cast<float>(-centre * inverse)};
}

void packedLstm(const PackedLstmCall& call) {
  const PackedGates& gates = call.gates;
  const std::size_t units = gates.units;
  float* openness = gates.recurrent;
  for (std::size_t unit = 0; unit < units; unit += kLanes) {
    const std::size_t count = smaller(kLanes, units - unit);
    Vec gate[4] = {gateAt(gates, unit), gateAt(gates, units + unit), gateAt(gates, 2 * units + unit),
                   gateAt(gates, 3 * units + unit)};
    activateGates(gate);
    const Vec cell = gate[1] * loadPartial(call.cell + unit, count) + gate[2] * gate[0];
    store(call.newCell + unit, cell);
    // In place of the candidate's product, of which this unit's is no longer needed.
    storePartial(openness + unit, gate[3], count);
    mixInto(call.cell + unit, cell, call.zoneoutCell, count);
  }
  const RowNormaliser ofCell = packedRowNormaliser(call.cellNormalisation, call.newCell, units, call.epsilon);
  forVectors(units, [&](auto vectors, std::size_t first) {
    Vec cell[vectors];
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t unit = first + vector * kLanes;
      cell[vector] = normalised(load(call.newCell + unit), ofCell) * load(call.gainCell + unit) + load(call.shiftCell + unit);
    }
    hyperbolicTangents<vectors>(cell);
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t unit = first + vector * kLanes;
      const Vec hidden = load(openness + unit) * cell[vector];
      mixInto(gates.hidden + unit, hidden, gates.zoneoutHidden, smaller(kLanes, units - unit));
    }
  });
}

void packedGruGates(const PackedGruCall& call) {
  const PackedGates& gates = call.gates;
  const std::size_t units = gates.units;
  forVectors(2 * units, [&](auto vectors, std::size_t first) {
    Vec gate[vectors];
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      gate[vector] = gateAt(gates, first + vector * kLanes);
    }
    sigmoids<vectors>(gate);
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t column = first + vector * kLanes;
      storePartial(gates.recurrent + column, gate[vector], smaller(kLanes, 2 * units - column));
    }
  });
  for (std::size_t unit = 0; unit < units; unit += kLanes) {
    const std::size_t count = smaller(kLanes, units - unit);
    storePartial(call.resetHidden + unit, load(gates.recurrent + unit) * loadPartial(gates.hidden + unit, count), count);
  }
}

void packedGruState(const PackedGruCall& call, RowNormaliser ofCandidate, bool resetBefore) {
  const PackedGates& gates = call.gates;
  const std::size_t units = gates.units;
  forVectors(units, [&](auto vectors, std::size_t first) {
    Vec candidate[vectors];
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t unit = first + vector * kLanes;
      const Vec product = recurrentAt(gates, 2 * units + unit, ofCandidate);
      const Vec reset = load(gates.recurrent + unit);
      const Vec recurrent = resetBefore ? product : reset * (product + load(call.shiftReset + unit));
      candidate[vector] = recurrent + inputAt(gates, 2 * units + unit);
    }
    hyperbolicTangents<vectors>(candidate);
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t unit = first + vector * kLanes;
      const std::size_t count = smaller(kLanes, units - unit);
      const Vec update = load(gates.recurrent + units + unit);
      const Vec before = loadPartial(gates.hidden + unit, count);
      mixInto(gates.hidden + unit, candidate[vector] + update * (before - candidate[vector]), gates.zoneoutHidden, count);
    }
  });
}

void packedMinGru(const PackedGates& gates) {
  const std::size_t units = gates.units;
  forVectors(units, [&](auto vectors, std::size_t first) {
    Vec update[vectors];
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      update[vector] = inputAt(gates, first + vector * kLanes);
    }
    sigmoids<vectors>(update);
    for (std::size_t vector = 0; vector < vectors; ++vector) {
      const std::size_t unit = first + vector * kLanes;
      const std::size_t count = smaller(kLanes, units - unit);
      const Vec candidate = inputAt(gates, units + unit);
      const Vec before = loadPartial(gates.hidden + unit, count);
      mixInto(gates.hidden + unit, before + update[vector] * (candidate - before), gates.zoneoutHidden, count);
    }
  });
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
