#include "gru_layer.h"

namespace tritloom {
namespace TRITLOOM_ISA {
namespace {

/** Of one vector of rows. */
struct RowBlock {
  float first[kLanes];
  float second[kLanes];
};

}  // namespace

LayerNormaliser::LayerNormaliser(const GruWorkspace& workspace, Product product, LayerColumns columns) : w(workspace) {
  if (columns != kCandidateColumns) {
    addPart(kReset, 2, product);
  }
  if (columns != kGateColumns) {
    addPart(kCandidate, 1, product);
  }
}

void LayerNormaliser::addPart(std::size_t firstGate, std::size_t gates, Product product) {
  const std::size_t size = w.groups * w.layerStride;
  float* sums = w.layerPartials + (product * 2 + (firstGate == kCandidate ? 1 : 0)) * 2 * size;
  firstGates[count] = firstGate;
  parts[count++] = {{w.shape.units, gates}, {sums, sums + size, w.layerStride}};
}

void LayerNormaliser::measure(LayerRows values, Range groups) const {
  for (std::size_t group = groups.first; group < groups.last; ++group) {
    const std::size_t lanes = lanesOf(group, w.shape.units);
    for (std::size_t part = 0; part < count; ++part) {
      const std::size_t vector = vectorOf(w, group, firstGates[part]);
      const auto row = [&](std::size_t r) { return values.row(vector, r); };
      if (parts[part].groups.vectors == 2) {
        measureRows<2>(values.count, group, lanes, row, parts[part].partials);
      } else {
        measureRows<1>(values.count, group, lanes, row, parts[part].partials);
      }
    }
  }
}

void LayerNormaliser::standardise(LayerRows values, Range groups, float* inverseDeviation) const {
  for (std::size_t first = 0; first < values.count; first += kLanes) {
    const RowPair moments = momentsOfRows(form(), first, w.shape.epsilon);
    RowBlock block;
    store(block.first, moments.first);
    store(block.second, moments.second);
    const std::size_t rows = smaller(kLanes, values.count - first);
    if (groups.first == 0 && groups.last > 0) {
      storePartial(inverseDeviation + first, load(block.second), rows);
    }
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      for (std::size_t part = 0; part < count; ++part) {
        for (std::size_t gate = 0; gate < parts[part].groups.vectors; ++gate) {
          float* value = values.row(vectorOf(w, group, firstGates[part] + gate), first);
          for (std::size_t r = 0; r < rows; ++r, value += kPanel) {
            store(value, (load(value) - block.first[r]) * block.second[r]);
          }
        }
      }
    }
  }
}

void LayerNormaliser::measureGradients(LayerRows values, LayerRows gradients, Range groups) const {
  for (std::size_t group = groups.first; group < groups.last; ++group) {
    for (std::size_t part = 0; part < count; ++part) {
      const RowPartials& to = parts[part].partials;
      for (std::size_t r = 0; r < gradients.count; ++r) {
        Vec sum{};
        Vec correlation{};
        for (std::size_t gate = 0; gate < parts[part].groups.vectors; ++gate) {
          const std::size_t vector = vectorOf(w, group, firstGates[part] + gate);
          const Vec gradient = load(gradients.row(vector, r));
          sum += gradient;
          correlation += gradient * load(values.row(vector, r));
        }
        to.sums[group * to.stride + r] = sumOfLanes(sum);
        to.products[group * to.stride + r] = sumOfLanes(correlation);
      }
    }
  }
}

void LayerNormaliser::passBack(LayerRows values, LayerRows gradients, Range groups,
                               const float* inverseDeviation) const {
  for (std::size_t first = 0; first < gradients.count; first += kLanes) {
    const RowPair means = gradientMeansOfRows(form(), first);
    RowBlock block;
    store(block.first, means.first);
    store(block.second, means.second);
    const std::size_t rows = smaller(kLanes, gradients.count - first);
    for (std::size_t group = groups.first; group < groups.last; ++group) {
      for (std::size_t part = 0; part < count; ++part) {
        for (std::size_t gate = 0; gate < parts[part].groups.vectors; ++gate) {
          const std::size_t vector = vectorOf(w, group, firstGates[part] + gate);
          for (std::size_t r = 0; r < rows; ++r) {
            float* gradient = gradients.row(vector, first + r);
            const Vec value = load(values.row(vector, first + r));
            store(gradient, inverseDeviation[values.number(first + r)] *
                                (load(gradient) - block.first[r] - value * block.second[r]));
          }
        }
      }
    }
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom
