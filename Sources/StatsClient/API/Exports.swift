// Whoever uses the client names destinations, spans of time and causes of loss, whose rooms are no products of their own.
@_exported public import StatsModel
@_exported public import SystemIO
