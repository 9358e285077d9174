#pragma once

#include <cstddef>

#include "normalisation.h"

// Normalisation by row: statistics over the columns of each row, where threads share the columns out in groups of one
// vector of units. Each group leaves two sums for each row; after a barrier every share adds the groups' sums in the
// same order, so that the number of threads changes no bit. The vectors of one group have `lanes` columns each; lanes
// past them hold zeros.

namespace tritloom {

/** What the groups leave, [groups][stride]: stride is the number of rows, rounded up to whole vectors. */
struct RowPartials {
  float* sums;
  float* products;  // squared distances from the group's own mean, or correlations of gradients with values
  std::size_t stride;
};

/** Of each row: normalised = (value - mean) * inverseDeviation. */
struct RowMoments {
  float* mean;
  float* inverseDeviation;
};

/** Over the columns of each row: of gain * gradient, and of gain * gradient * normalised value. */
struct RowGradientMeans {
  float* gradient;
  float* correlation;
};

}  // namespace tritloom

#ifdef TRITLOOM_ISA

#include "simd.h"

namespace tritloom {
namespace TRITLOOM_ISA {

/** How the columns lie in groups: each has `vectors` vectors, of which the last group's are filled to the last unit. */
struct ColumnGroups {
  std::size_t units;
  std::size_t vectors;

  std::size_t count() const { return (units + kLanes - 1) / kLanes; }
  float columns() const { return static_cast<float>(units * vectors); }
  float columnsOf(std::size_t group) const {
    return static_cast<float>(smaller(kLanes, units - group * kLanes) * vectors);
  }
};

/** 1 in the first `lanes` lanes, else 0. */
TRITLOOM_INLINE Vec laneMask(std::size_t lanes) {
  float mask[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    mask[lane] = lane < lanes ? 1.0f : 0.0f;
  }
  return load(mask);
}

/** Added in halves. */
TRITLOOM_INLINE float sumOfLanes(Vec value) {
  float lanes[kLanes];
  store(lanes, value);
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      lanes[lane] += lanes[lane + width];
    }
  }
  return lanes[0];
}

/** A group's sums and squared distances of the rows found by `row(r)`, Vectors consecutive vectors each. */
template <std::size_t Vectors, typename Row>
TRITLOOM_INLINE void measureRows(std::size_t rows, std::size_t group, std::size_t lanes, Row row, RowPartials to) {
  const Vec mask = laneMask(lanes);
  const float share = 1.0f / static_cast<float>(Vectors * lanes);
  for (std::size_t r = 0; r < rows; ++r) {
    const float* values = row(r);
    Vec sum{};
    for (std::size_t vector = 0; vector < Vectors; ++vector) {
      sum += load(values + vector * kLanes);
    }
    const float total = sumOfLanes(sum);
    const Vec mean = broadcast(total * share);
    Vec squares{};
    for (std::size_t vector = 0; vector < Vectors; ++vector) {
      const Vec distance = (load(values + vector * kLanes) - mean) * mask;
      squares += distance * distance;
    }
    to.sums[group * to.stride + r] = total;
    to.products[group * to.stride + r] = sumOfLanes(squares);
  }
}

/** Columns that share their statistics, or a part of them: a GRU's lie in two. */
struct RowPart {
  ColumnGroups groups;
  RowPartials partials;
};

/** How rows are normalised, and over which columns. */
struct RowForm {
  Normalisation form;
  const RowPart* parts;
  std::size_t count;

  /** One over the number of columns. */
  float share() const {
    float columns = 0;
    for (std::size_t part = 0; part < count; ++part) {
      columns += parts[part].groups.columns();
    }
    return 1.0f / columns;
  }
};

/** What two sums of all groups come to, for one vector of rows. */
struct RowPair {
  Vec first;
  Vec second;
};

/** body(partials, place, columns) for each group of each part, `place` that of the group's sums of the rows from `row` on. */
template <typename Body>
TRITLOOM_INLINE void forGroups(const RowForm& rows, std::size_t row, Body body) {
  for (std::size_t part = 0; part < rows.count; ++part) {
    const RowPartials& from = rows.parts[part].partials;
    const ColumnGroups& groups = rows.parts[part].groups;
    for (std::size_t group = 0; group < groups.count(); ++group) {
      body(from, group * from.stride + row, groups.columnsOf(group));
    }
  }
}

/**
 * What is taken from the values of the rows from `row` on, and the inverse of the root of their mean squared distance from it;
 * the groups' squares are combined as Chan, Golub and LeVeque (1979) do, which cancels nothing.
 */
TRITLOOM_INLINE RowPair momentsOfRows(const RowForm& rows, std::size_t row, float epsilon) {
  Vec sum{};
  forGroups(rows, row, [&](const RowPartials& from, std::size_t at, float) { sum += load(from.sums + at); });
  const Vec centre = rowCentre(rows.form, sum * rows.share());
  Vec squares{};
  forGroups(rows, row, [&](const RowPartials& from, std::size_t at, float columns) {
    const Vec distance = load(from.sums + at) * (1.0f / columns) - centre;
    squares += load(from.products + at) + distance * distance * columns;
  });
  return {centre, reciprocalRoot(squares * rows.share() + epsilon)};
}

/** Means of the gradients of the rows from `row` on, as far as their centre is taken away, and of gradient times value. */
TRITLOOM_INLINE RowPair gradientMeansOfRows(const RowForm& rows, std::size_t row) {
  Vec sum{};
  Vec correlation{};
  forGroups(rows, row, [&](const RowPartials& from, std::size_t at, float) {
    sum += load(from.sums + at);
    correlation += load(from.products + at);
  });
  return {rowCentre(rows.form, sum * rows.share()), correlation * rows.share()};
}

/** The moments of the rows [first, last), `first` at a vector's boundary. */
TRITLOOM_INLINE void combineMoments(const RowForm& rows, std::size_t first, std::size_t last, float epsilon,
                                    RowMoments to) {
  for (std::size_t row = first; row < last; row += kLanes) {
    const RowPair moments = momentsOfRows(rows, row, epsilon);
    store(to.mean + row, moments.first);
    store(to.inverseDeviation + row, moments.second);
  }
}

/** A row's value with the row's statistics, and the gradient back through them. */
struct RowNormaliser {
  RowMoments moments;
  RowGradientMeans means;

  Vec normalised(std::size_t row, Vec value) const {
    return (value - moments.mean[row]) * moments.inverseDeviation[row];
  }

  /** inverseDeviation * (d - mean(d) - z * mean(d * z)), z the normalised value, d gain * gradient */
  Vec gradient(std::size_t row, Vec scaledGradient, Vec value) const {
    return moments.inverseDeviation[row] *
           (scaledGradient - means.gradient[row] - normalised(row, value) * means.correlation[row]);
  }
};

/**
 * Before the gradient goes back through the rows: a group's sums over its columns, and its columns' part of the gain's
 * gradient, which is added to `gradGamma`.
 * @param value row(r) of the values before normalisation
 * @param gradient row(r) of the gradient of gain * normalised value
 */
template <std::size_t Vectors, typename Value, typename Gradient>
TRITLOOM_INLINE void measureRowGradients(std::size_t rows, std::size_t group, const RowNormaliser& normaliser,
                                         Value value, Gradient gradient, const float* gamma, float* gradGamma,
                                         RowPartials to) {
  Vec gammas[Vectors];
  Vec gradGammas[Vectors] = {};
  for (std::size_t vector = 0; vector < Vectors; ++vector) {
    gammas[vector] = load(gamma + vector * kLanes);
  }
  for (std::size_t r = 0; r < rows; ++r) {
    Vec sum{};
    Vec correlation{};
    for (std::size_t vector = 0; vector < Vectors; ++vector) {
      const Vec gradients = load(gradient(r) + vector * kLanes);
      const Vec normalised = normaliser.normalised(r, load(value(r) + vector * kLanes));
      gradGammas[vector] += gradients * normalised;
      sum += gradients * gammas[vector];
      correlation += gradients * gammas[vector] * normalised;
    }
    to.sums[group * to.stride + r] = sumOfLanes(sum);
    to.products[group * to.stride + r] = sumOfLanes(correlation);
  }
  for (std::size_t vector = 0; vector < Vectors; ++vector) {
    store(gradGamma + vector * kLanes, load(gradGamma + vector * kLanes) + gradGammas[vector]);
  }
}

TRITLOOM_INLINE void combineGradients(const RowForm& rows, std::size_t first, std::size_t last, RowGradientMeans to) {
  for (std::size_t row = first; row < last; row += kLanes) {
    const RowPair means = gradientMeansOfRows(rows, row);
    store(to.gradient + row, means.first);
    store(to.correlation + row, means.second);
  }
}

}  // namespace TRITLOOM_ISA
}  // namespace tritloom

#endif
